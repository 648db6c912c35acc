#pragma once
// One cycle: ask for an order, run it, send the report (doc/protocol.md, "Words"; doc/design.md,
// "One cycle, as data flows"). Everything that it allocates dies with it; what lasts is handed in.

#include "agent/cycle/cycle_outcome.hpp"
#include "agent/cycle/feedback_gate.hpp"
#include "agent/cycle/order_pace.hpp"
#include "agent/cycle/result_cache.hpp"
#include "agent/persistence/audit.hpp"
#include "agent/persistence/report_spool.hpp"
#include "agent/persistence/state.hpp"
#include "agent/persistence/strict_modes.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"
#include "exec/command.hpp"
#include "exec/warden.hpp"
#include "net/api/client.hpp"

#include <boost/asio/awaitable.hpp>

namespace trafikito::agent::cycle {

/// What a cycle uses and does not own. All of it outlives the cycle.
struct cycle_tools {
    config::settings const& settings;
    exec::execution_environment const& around;
    net::api::client& api;
    base::clock& time;
    base::log& log;
    persistence::state_file& state;
    order_pace& pace;
    feedback_gate& feedback;
    result_cache& cache;
    exec::warden& warden;
    persistence::report_spool& spool;
    persistence::audit& audit;
    persistence::installation_watch* installation = nullptr; ///< of earlier cycles, if any
};

/// Runs one cycle to its end and logs its story: one line at info (or above, when it went wrong),
/// every step at debug. Where a v2 API does not answer at all, the last order is run once more and
/// its report kept for later. A terminal cancellation stops the commands and ends it early; what
/// they printed is kept, too. Does not throw but for bugs.
boost::asio::awaitable<cycle_outcome> run_cycle(cycle_tools with);

} // namespace trafikito::agent::cycle
