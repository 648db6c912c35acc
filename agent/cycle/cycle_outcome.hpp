#pragma once
// What came of one cycle, for those who tell the outside of it (supervision) and for the exit code
// of --once. Plain data.

#include "agent/cycle/command_outcome.hpp"
#include "base/timestamp.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::agent::cycle {

/// What the spool holds when a cycle is over.
struct waiting_reports {
    std::size_t count = 0;
    std::uint64_t size = 0; ///< bytes
    std::optional<base::timestamp> since;
};

/// What the API answered last when it was asked for an order.
struct api_answer {
    enum class kind : std::uint8_t {
        order,     ///< commands to run
        unchanged, ///< `=`: the last order once more
        too_early, ///< the last order is less than a minute ago
        stop,      ///< the server was removed
        error,     ///< another error of the API's own
        refused,   ///< an HTTP status in place of an answer
        nonsense,  ///< nothing of the above
        none       ///< no answer came
    };

    kind what = kind::none;
    std::string words;   ///< what it was: `an order of 3 commands`
    unsigned status = 0; ///< HTTP, where that says it; else 0

    friend bool operator==(api_answer const&, api_answer const&) = default;
};

struct cycle_outcome {
    enum class kind {
        accepted,    ///< the API has the report
        too_early,   ///< the API says that the last order is less than a minute ago
        stopped,     ///< STOP: the server was removed, or var/STOP is there
        interrupted, ///< the agent was asked to end
        failed       ///< anything else; the log says what
    };

    kind end = kind::failed;
    std::string story;          ///< how it ended, in words, as the log has it
    bool ordered = false;       ///< there was an order, and what it names was to be run
    std::string nothing_ran;    ///< why nothing ran that should have; empty when something did
    std::string results = "[]"; ///< of its commands, as JSON (results_field.hpp)
    std::optional<api_answer> answer; ///< nothing where it was not asked
    std::string failed_at;            ///< a step (net/link/failure.hpp), where a request failed
    std::string offered_version;      ///< by the API, where it is newer than this one
    std::vector<command_outcome> commands;            ///< as in `results`
    std::chrono::milliseconds took{0};                ///< all of it
    std::chrono::milliseconds answered_before_end{0}; ///< so long ago `answer` came
    waiting_reports waiting;
    std::uint64_t report_size = 0; ///< bytes, of its own report; 0 unless that was accepted
};

} // namespace trafikito::agent::cycle
