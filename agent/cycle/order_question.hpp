#pragma once
// The first step of a cycle: asks the API for the order and judges what it says (doc/protocol.md,
// v1 and v2, step 1). Used by one cycle. Runs nothing, sends no report; how often it may ask is the
// rule of order_pace, which it tells what becomes of its question.

#include "agent/cycle/cycle_outcome.hpp"
#include "agent/cycle/feedback_queue.hpp"
#include "agent/cycle/order_pace.hpp"
#include "agent/persistence/audit.hpp"
#include "agent/persistence/state.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"
#include "net/api/client.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace trafikito::agent::cycle {

struct question_tools {
    config::settings const& settings;
    net::api::client& api;
    base::log& log;
    persistence::state_file& state;
    order_pace& pace;
    persistence::audit& audit;
    feedback_queue& feedback;
};

/// What the question came to.
struct order_or_end {
    std::optional<net::api::order> order; ///< to be run; without one the cycle ends
    bool answered = true;                 ///< else `order` is the last one, since no answer came
    cycle_outcome::kind end = cycle_outcome::kind::failed; ///< of a cycle that has no more to tell
    api_answer answer;
    std::string failed_at; ///< the step at which no answer came, else empty
    std::string story;     ///< why there is no new order, as the log has it; empty when there is
};

/// Asks, until `until` at the latest. Logs why there is no order. Where a v2 API does not answer at
/// all, the order is the last one. Throws operation_aborted when cancelled.
boost::asio::awaitable<order_or_end> ask_for_order(question_tools with,
                                                   base::clock::steady_time until);

} // namespace trafikito::agent::cycle
