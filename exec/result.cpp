#include "exec/result.hpp"

#include "base/units.hpp"

#include <cerrno>
#include <cstring>
#include <sstream>

namespace trafikito::exec {

bool is_lack_of_room(int error) {
    switch (error) {
    case EAGAIN: // RLIMIT_NPROC, pids.max, kernel.pid_max
    case ENOMEM:
    case EMFILE:
    case ENFILE:
    case ENOSPC: // fs.epoll.max_user_watches
        return true;
    default:
        return false;
    }
}

bool shell_could_not_fork(result const& value) {
    constexpr std::uint64_t longest = 1024; // bash says it for each try
    if (value.end != result::ending::exited || value.code == 0 || value.output.cut() ||
        value.output.bytes_seen() == 0 || value.output.bytes_seen() > longest) {
        return false;
    }
    std::string text;
    value.output.head([&text](std::string_view piece) { text += piece; });
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        bool const of_the_shell = line.starts_with("sh: ") || line.starts_with("/bin/sh: ");
        if (!of_the_shell || line.find(" fork") == std::string::npos) {
            return false;
        }
    }
    return true;
}

std::string describe_ending(result const& value) {
    switch (value.end) {
    case result::ending::exited:
        return "exit code " + std::to_string(value.code);
    case result::ending::signalled: {
        char const* const name = ::sigdescr_np(value.code);
        return "signal " + std::to_string(value.code) +
               (name != nullptr ? " (" + std::string(name) + ")" : "");
    }
    case result::ending::not_started:
        return "not started: " + value.reason;
    case result::ending::abandoned:
        return "could not be killed";
    }
    return {};
}

std::string describe(result const& value) {
    auto text = value.name + ": " + describe_ending(value);
    if (value.end == result::ending::not_started) {
        return text;
    }
    text += " after " + base::in_seconds(value.wall) + ", " + base::in_seconds(value.cpu) +
            " of processor time, " + (value.peak_memory_is_bound ? "at most " : "") +
            std::to_string(value.peak_memory / 1024) + " KiB of memory, " +
            std::to_string(value.output.bytes_seen()) + " bytes";
    if (value.output.cut()) {
        text += " (" + std::to_string(value.output.bytes_kept()) + " kept)";
    }
    if (value.stopped) {
        text += ", stopped by the agent";
    }
    if (value.leftovers_killed != 0) {
        text += ", left behind and killed: " + std::to_string(value.leftovers_killed);
    }
    if (value.unkillable != 0) {
        text += ", cannot be killed: " + std::to_string(value.unkillable);
    }
    text += value.reason.empty() ? "" : "; " + value.reason;
    return text;
}

} // namespace trafikito::exec
