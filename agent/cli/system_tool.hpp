#pragma once
// A program of the system that a subcommand asks (`systemctl cat`), or hands its work to
// (systemd-run). Found in /usr/bin and /bin, never in the caller's PATH, and given next to no
// environment. Used by `test`.

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace trafikito::agent::cli {

struct tool_answer {
    int code = -1;   ///< exit code, 128 + the signal that ended it, -1: it could not be started
    std::string out; ///< what it printed, 1 MiB at most
};

enum class heard : std::uint8_t { output, errors }; ///< the latter besides

/// Runs it with nothing to read, for `patience` at most; then it is killed.
tool_answer ask_tool(std::vector<std::string> words, std::chrono::milliseconds patience,
                     heard what = heard::output);

/// A tool that has this process's own standard descriptors. It leads a process group of its own:
/// Ctrl-C in a terminal is for this process alone, which passes on what it means.
class running_tool {
public:
    /// From here on SIGINT, SIGTERM and SIGHUP are kept for wait().
    explicit running_tool(std::vector<std::string> words);
    ~running_tool();
    running_tool(running_tool const&) = delete;
    running_tool& operator=(running_tool const&) = delete;

    /// Until it ends; its exit code as above. `interrupted` is told of each of those signals.
    [[nodiscard]] int wait(std::function<void(int signal)> const& interrupted) const;

private:
    sigset_t before_{};
    pid_t pid_ = -1;
};

} // namespace trafikito::agent::cli
