#pragma once
// What became of one command: the truth, as the report, the log and `test` show it.

#include "exec/capture.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace trafikito::exec {

struct result {
    enum class ending {
        exited,      ///< `code` is the exit code
        signalled,   ///< `code` is the signal that ended it
        not_started, ///< `reason` says why
        abandoned,   ///< not even KILL ended it within the bound; nobody waits for it any more
    };

    /// Why a command was not started, for whoever decides what comes next.
    enum class hindrance {
        none,        ///< it was started
        no_turn,     ///< cycle_timeout was over before its turn came
        no_room,     ///< a limit of processes, memory or descriptors: there may be room later
        interrupted, ///< the agent was asked to end
        failed,      ///< anything else: it fails again until somebody mends it
    };

    explicit result(std::string command_name, std::uint64_t max_output = 0,
                    std::shared_ptr<scratch_file> where = {})
        : name(std::move(command_name)), output(max_output, std::move(where)) {}

    std::string name;
    ending end = ending::not_started;
    int code = 0;
    std::string reason; ///< in words, why it was not started, or its program not executed
    hindrance kept_back = hindrance::none;
    int error = 0;        ///< errno of what kept it from being started; 0 when no call failed
    bool stopped = false; ///< by the agent: its time was over, or the agent was asked to end
    /// It was stopped because the time of all commands together was over, and not its own, and it
    /// was not among the first: it had no fair turn.
    bool cut_short = false;
    std::chrono::milliseconds wall{0};
    std::chrono::milliseconds cpu{0}; ///< of the command and what it waited for
    std::uint64_t peak_memory = 0;    ///< bytes, the largest of its processes
    /// The kernel counts what the agent had resident when it started the command, too: of a smaller
    /// one no more is known than that it was not larger.
    bool peak_memory_is_bound = false;
    std::size_t leftovers_killed = 0; ///< processes that it left behind
    std::size_t unkillable = 0;       ///< of these, how many are still there
    capture output;
};

/// Whether a call failed, with this errno, for want of something that others give back when they
/// end: processes, memory, descriptors.
bool is_lack_of_room(int error);

/// Whether the shell of a command came to nothing but the words that it cannot fork (dash, bash and
/// busybox have theirs): then the limit of processes left room for the shell alone.
bool shell_could_not_fork(result const& value);

/// `exit code 1`, `signal 9 (Killed)`, `not started: …`.
std::string describe_ending(result const& value);

/// All of it in one line, for the log and `test`:
/// `trafikito_df: exit code 0 after 12 ms, 3 ms of processor time, 1.9 MiB, 702 bytes`
std::string describe(result const& value);

} // namespace trafikito::exec
