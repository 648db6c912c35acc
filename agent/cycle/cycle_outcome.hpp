#pragma once
// What came of one cycle, for those who tell the outside of it (supervision) and for the exit code
// of --once. Plain data.

#include "base/timestamp.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace trafikito::agent::cycle {

/// What the spool holds when a cycle is over.
struct waiting_reports {
    std::size_t count = 0;
    std::uint64_t size = 0; ///< bytes
    std::optional<base::timestamp> since;
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
    waiting_reports waiting;
    std::uint64_t report_size = 0; ///< bytes, of its own report; 0 unless that was accepted
};

} // namespace trafikito::agent::cycle
