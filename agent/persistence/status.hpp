#pragma once
// What the agent says about itself to `status` and `healthcheck`: one small file,
// var/trafikito.status (record_file.hpp), written when it starts and ends and at the start and the
// end of each cycle, and never waited for. It holds no secret. That it cannot be written never
// stops a cycle.

#include "base/log.hpp"
#include "base/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::agent::persistence {

/// The last answer of the API to the question for an order.
struct status_answer {
    std::string kind; ///< `order`, `unchanged`, `too early`, `stop`, `error`, `refused`,
                      ///< `nonsense`, or `none`: no answer came
    std::string words;
    unsigned http_status = 0; ///< where that says it; else 0
    base::timestamp at;

    friend bool operator==(status_answer const&, status_answer const&) = default;
};

/// What is known of one command since the agent started.
struct command_record {
    std::string name;
    std::string end;                    ///< of its last run: `exited`, `signalled`, `abandoned`, or
                                        ///< `not run` where it never had one
    std::int64_t code = 0;              ///< exit code or signal of that run
    std::chrono::milliseconds last{0};  ///< duration of that run
    std::chrono::milliseconds usual{0}; ///< the median of the last runs
    std::chrono::milliseconds ran_up{0}; ///< when that ended, since the boot of `started`
    std::uint64_t runs = 0;
    std::uint64_t failed = 0;    ///< of them: an exit code other than 0, or a signal
    std::uint64_t timed_out = 0; ///< of them: the agent stopped it
    std::uint64_t cut = 0;       ///< of them: not all that it printed was kept
    std::uint64_t not_run = 0;   ///< it was ordered, and did not run

    friend bool operator==(command_record const&, command_record const&) = default;
};

struct daemon_status {
    std::int64_t pid = 0;
    std::uint64_t start_ticks = 0; ///< proc(5), starttime: tells a process from a later one
    bool once = false;             ///< it is, or was, one cycle of --once and no daemon
    std::string version;
    std::string server_id;
    std::chrono::milliseconds interval{0};   ///< in force
    std::chrono::milliseconds configured{0}; ///< shorter where the API asks for more
    base::timestamp started;
    std::optional<base::timestamp> ended; ///< in order; else it runs, or was killed
    std::string ended_by;                 ///< what ended it, in words

    std::optional<base::timestamp> cycle_began; ///< of the cycle that runs now
    std::optional<base::timestamp> next_cycle;  ///< when the next one is due
    std::optional<base::timestamp> cycle_ended; ///< the last one, perhaps of an agent before
    std::string last_cycle;                     ///< how it ended, in words
    std::string last_end; ///< `accepted`, `too early`, `stopped`, `interrupted`, `failed`
    std::chrono::milliseconds last_took{0};
    bool last_once = false; ///< it was one of --once
    std::optional<status_answer> answer;
    std::string results =
        "[]"; ///< of its commands: JSON on one line, as in the form field `results`
    std::optional<base::timestamp> accepted; ///< when a cycle last ended well: its report was
                                             ///< accepted; of an agent before, too

    std::uint64_t cycles = 0;  ///< since the start, and so are these
    std::uint64_t skipped = 0; ///< were due while another one ran
    std::uint64_t reports_accepted = 0;
    std::uint64_t in_vain = 0; ///< cycles in a row, the last of them, whose report was not accepted
    std::optional<base::timestamp> in_vain_since; ///< when the first of these ended

    std::uint64_t reports_waiting = 0; ///< kept in var/spool, not yet accepted
    std::uint64_t bytes_waiting = 0;
    std::optional<base::timestamp> waiting_since; ///< the oldest of them
    std::string offered_version;                  ///< by the API, newer than this agent's
    std::string nothing_ran; ///< why the last order's commands did not run; empty when one did
    std::vector<base::lasting_problem> problems; ///< what the log said and did not take back
    std::vector<command_record> commands;        ///< by name

    friend bool operator==(daemon_status const&, daemon_status const&) = default;
};

/// Bytes of a status that is read. Each command has less than 1 KiB in it, of 4,096 at most.
inline constexpr std::size_t max_status = 16UL * 1024 * 1024;

std::filesystem::path status_file_in(std::filesystem::path const& var_dir);

/// One JSON object on one line, with its newline; `status` without --json is for people.
std::string format_status(daemon_status const& value);

/// The same in two steps, for who writes it again and again: the part that nothing changes between
/// two cycles (interval, configured, cycle_began and next_cycle do), and the whole with that part.
std::string format_lasting_part(daemon_status const& value);
std::string format_status(daemon_status const& value, std::string_view lasting_part);

/// Nothing when the text is not what this version of the program writes, or the one before it: that
/// may still run when the package was upgraded.
std::optional<daemon_status> parse_status(std::string_view text);

/// What lies there, if it is a status.
std::optional<daemon_status> look_at_status(std::filesystem::path const& var_dir);

/// proc(5)'s starttime of a process; nothing when there is none or it cannot be read.
std::optional<std::uint64_t> start_ticks_of(std::int64_t pid);

/// True when the process that wrote `value` is still there.
bool is_running(daemon_status const& value);

} // namespace trafikito::agent::persistence
