#pragma once
// What the running agent says about itself to `status` and `healthcheck`: one small file,
// var/trafikito.status (record_file.hpp), written at the start and the end of each cycle and never
// waited for. It holds no secret. That it cannot be written never stops a cycle.

#include "base/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::agent::persistence {

struct daemon_status {
    std::int64_t pid = 0;
    std::uint64_t start_ticks = 0; ///< proc(5), starttime: tells a process from a later one
    std::string version;
    std::string server_id;
    std::chrono::milliseconds interval{0};
    base::timestamp started;
    std::optional<base::timestamp> cycle_began; ///< of the cycle that runs now
    std::optional<base::timestamp> cycle_ended; ///< the last one
    std::string last_cycle;                     ///< how it ended, in words
    std::string results =
        "[]"; ///< of its commands: JSON on one line, as in the form field `results`
    std::optional<base::timestamp>
        accepted;             ///< when a cycle last ended well: its report was accepted
    std::uint64_t cycles = 0; ///< since the start
    std::uint64_t reports_accepted = 0;
    std::uint64_t reports_waiting = 0; ///< kept in var/spool, not yet accepted
    std::uint64_t bytes_waiting = 0;
    std::optional<base::timestamp> waiting_since; ///< the oldest of them
    std::string nothing_ran; ///< why the last order's commands did not run; empty when one did
    std::vector<std::string> problems; ///< that last: what the log said and did not take back

    friend bool operator==(daemon_status const&, daemon_status const&) = default;
};

std::filesystem::path status_file_in(std::filesystem::path const& var_dir);

/// One JSON object on one line, with its newline; `status` without --json is for people.
std::string format_status(daemon_status const& value);

/// Nothing when the text is not what this version of the program writes.
std::optional<daemon_status> parse_status(std::string_view text);

/// proc(5)'s starttime of a process; nothing when there is none or it cannot be read.
std::optional<std::uint64_t> start_ticks_of(std::int64_t pid);

/// True when the process that wrote `value` is still there.
bool is_running(daemon_status const& value);

} // namespace trafikito::agent::persistence
