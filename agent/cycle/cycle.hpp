#pragma once
// One cycle: ask for an order, run it, send the report (PROTOCOL.md, "Words"; DESIGN.md, "One
// cycle, as data flows"). Everything that it allocates dies with it; what lasts is handed in.

#include "agent/cycle/feedback_gate.hpp"
#include "agent/cycle/result_cache.hpp"
#include "agent/persistence/audit.hpp"
#include "agent/persistence/report_spool.hpp"
#include "agent/persistence/state.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"
#include "exec/command.hpp"
#include "exec/warden.hpp"
#include "net/api/client.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace trafikito::agent::cycle {

/// What a cycle uses and does not own. All of it outlives the cycle.
struct cycle_tools {
    config::settings const& settings;
    exec::execution_environment const& around;
    net::api::client& api;
    base::clock& time;
    base::log& log;
    persistence::state_file& lasting;
    feedback_gate& feedback;
    result_cache& cache;
    exec::warden& over;
    persistence::report_spool& journal;
    persistence::audit& record;
};

/// What the journal holds when a cycle is over.
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
    std::string results = "[]"; ///< of its commands, as JSON (results_field.hpp)
    waiting_reports waiting;
    std::uint64_t report_size = 0; ///< bytes, of one that was accepted
    std::chrono::seconds delay{0}; ///< the API's DELAY, to add to the next due time
};

/// Runs one cycle to its end and logs its story: one line at info (or above, when it went wrong),
/// every step at debug. Where a v2 API does not answer at all, the last order is run once more and
/// its report kept for later. A terminal cancellation stops the commands and ends it early; what
/// they printed is kept, too. Does not throw but for bugs.
boost::asio::awaitable<cycle_outcome> run_cycle(cycle_tools with);

} // namespace trafikito::agent::cycle
