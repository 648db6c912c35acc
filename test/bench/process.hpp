#pragma once
// A program that is measured, or that serves what is measured: started with exactly the environment
// it is given, as the user and in the control group that it shall be in, killed with its session
// when its owner goes or the bench dies.

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

namespace trafikito::test::bench {

struct start_options {
    start_options() = default;
    explicit start_options(std::vector<std::string> what) : words(std::move(what)) {}

    std::vector<std::string> words;       ///< the program's path and its arguments
    std::vector<std::string> environment; ///< all of it; without PATH one is added
    std::string user;                     ///< empty: who we are
    std::filesystem::path group;          ///< a cgroup.procs that it writes itself into; or empty
    std::filesystem::path directory = "/";
    std::filesystem::path output; ///< of stdout and stderr, appended to; empty: /dev/null
};

class process {
public:
    /// Throws when it cannot be started.
    explicit process(start_options const& options);
    ~process();
    process(process const&) = delete;
    process& operator=(process const&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] std::chrono::steady_clock::time_point begun() const { return begun_; }

    /// Whether it has ended; does not wait.
    [[nodiscard]] bool ended();

    /// Sends the signal and waits for its end; KILL follows after ten seconds.
    void end(int signal);

    /// Waits for its end. Its exit code, or 128 + the signal that ended it.
    int wait(std::chrono::seconds bound);

    /// wait4(2)'s, of itself and of all that it waited for. Only once it has ended.
    [[nodiscard]] std::chrono::microseconds usage() const;

    /// What it used until now without its children, to the nanosecond (/proc/PID/task/*/schedstat).
    [[nodiscard]] std::chrono::nanoseconds own_time() const;

    /// Until it does nothing for 100 ms: what belongs to its last cycle is over then.
    void wait_until_quiet() const;

    /// A file of /proc/PID, whole; empty when it cannot be read.
    [[nodiscard]] std::string proc(std::string const& name) const;

    /// The number behind `NAME:` in a file of /proc/PID such as status; 0 where there is none.
    [[nodiscard]] long proc_number(std::string const& file, std::string const& name) const;

private:
    pid_t pid_ = -1;
    std::chrono::steady_clock::time_point begun_;
    int status_ = 0;
    bool reaped_ = false;
    rusage usage_{};
};

struct ran {
    int code = -1;
    std::string output; ///< stdout and stderr
};

/// Runs it to its end; `options.output` is not used.
ran run(start_options options, std::chrono::seconds bound = std::chrono::seconds(60));

/// The same, and throws with its output when it exits otherwise than 0.
std::string run_well(start_options const& options,
                     std::chrono::seconds bound = std::chrono::seconds(60));

/// The path of an installed program; empty where it is not.
std::string installed_program(std::string const& name);

/// A file, whole; empty when it cannot be read.
std::string content_of(std::filesystem::path const& file);

/// How often `text` stands in the file.
std::size_t count_in(std::filesystem::path const& file, std::string const& text);

} // namespace trafikito::test::bench
