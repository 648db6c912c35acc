#pragma once
// What /proc tells about a process: enough to find what a command left behind. Used by the warden.
// Where /proc hides processes of other users, and of our own that may not be dumped (proc(5),
// hidepid=), what is not to be seen there is not gone: the kernel is asked for the rest.

#include "base/descriptor.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::exec {

/// proc(5), /proc/PID/stat.
struct process_info {
    pid_t pid = 0;
    char state = '?'; ///< of its main thread
    pid_t parent = 0;
    pid_t group = 0;
    pid_t session = 0;
    long threads = 0;
    std::uint64_t started = 0; ///< clock ticks since boot; with the pid it names a process for good
    bool hidden = false; ///< by /proc: it has a pid, a group, a session, and `Z` or `?` for a state

    /// Whether it waits to be reaped. Where the main thread has ended and others have not, the
    /// state says `Z` too.
    [[nodiscard]] bool ended() const { return (state == 'Z' || state == 'X') && threads <= 1; }

    friend bool operator==(process_info const&, process_info const&) = default;
};

/// The line of /proc/PID/stat. The name in it may hold blanks and parentheses.
std::optional<process_info> parse_stat(std::string_view line);

/// A file of /proc or of a cgroup, whole, 64 KiB at most; empty when it cannot be read.
std::string read_proc(std::filesystem::path const& path);

/// Of `NAME:\tVALUE` lines of /proc/PID/status the value of that name; empty when it has none.
std::string_view field_of_status(std::string_view status, std::string_view name);

/// Nothing when there is no such process.
std::optional<process_info> look_at(pid_t pid);

/// Whether that very process still runs: not another one with its pid, and not one that has ended.
/// Of one that was or is hidden the pid must do; that of a child is nobody else's until it is
/// reaped.
bool still_runs(process_info const& process);

/// Whether there is a /proc that shows at least this process.
bool shows_processes();

/// All that /proc shows.
std::vector<pid_t> all_processes();

/// Where nothing shows processes: which of the 32,768 numbers from `first` on are given. They are
/// given in order, so what a process has started is among those that follow its own.
std::vector<pid_t> processes_from(pid_t first);

/// The children of a process, those that were handed to it included. Those that /proc hides are
/// among them when the process itself is shown, and the kernel has lists of children.
std::vector<pid_t> children_of(pid_t parent);

/// This process's own list of children, kept open: it is read again and again. Orphans come to the
/// first living thread of a process (exit(2) of Linux), so what a command leaves stands in the list
/// of the main one, which also starts every command.
class own_children {
public:
    own_children();

    /// As children_of(getpid()).
    [[nodiscard]] std::vector<pid_t> read() const;

private:
    base::descriptor list_; ///< -1: the kernel has no such lists, or /proc is not to be seen
};

/// The clock of process_info::started, now: whoever starts later has no smaller number.
std::uint64_t started_now();

/// All that is below a process, parents first.
std::vector<process_info> descendants_of(pid_t ancestor);

/// A signal to that very process: not to another one that has got its number since it was looked
/// at. False when it is gone, or may not be sent one.
bool send_signal(process_info const& process, int signal);

/// RLIMIT_LOCKS of a process, which no kernel since 2.4 heeds: fork(2) and execve(2) hand it down,
/// and anybody may read it. The launcher sets it, so that what a command started can be told from
/// all else (tags.hpp). 0 when it is not limited, or not to be known: hidden, and another user's.
std::uint64_t tag_of(pid_t pid);
std::uint64_t parse_tag(std::string_view limits);

} // namespace trafikito::exec
