#pragma once
// What a cycle has to tell the people behind the API (PROTOCOL.md, v2 step 3): told when the report
// is out of the way, and each code at most once a minute (feedback_gate.hpp). Used by the cycle.

#include "agent/cycle/feedback_gate.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "net/api/client.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace trafikito::agent::cycle {

class feedback_queue {
public:
    feedback_queue(net::api::client& api, base::clock& time, base::log& to, feedback_gate& gate)
        : api_(api), time_(time), log_(to), gate_(gate) {}

    void add(net::api::feedback what) { waiting_.push_back(std::move(what)); }

    /// All of it. What is not taken is not told again.
    boost::asio::awaitable<void> send(net::link::steady_time until);

private:
    net::api::client& api_;
    base::clock& time_;
    base::log& log_;
    feedback_gate& gate_;
    std::vector<net::api::feedback> waiting_;
};

} // namespace trafikito::agent::cycle
