#pragma once
// What a cycle has to tell the people behind the API (doc/protocol.md, "v2", step 3): told when the
// report is out of the way, and each code at most once a minute (feedback_gate.hpp). Used by the
// cycle.

#include "agent/cycle/feedback_gate.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "net/api/client.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace trafikito::agent::cycle {

class feedback_queue {
public:
    feedback_queue(net::api::client& api, base::clock& time, base::log& log, feedback_gate& gate)
        : api_(api), time_(time), log_(log), gate_(gate) {}

    void add(net::api::feedback what) { waiting_.push_back(std::move(what)); }

    /// Sends what was added, without the secrets that the log knows, no request beyond `until`.
    /// What the gate holds back or the API does not take is dropped: it is added again if it still
    /// holds in a later cycle.
    boost::asio::awaitable<void> send(net::link::steady_time until);

private:
    net::api::client& api_;
    base::clock& time_;
    base::log& log_;
    feedback_gate& gate_;
    std::vector<net::api::feedback> waiting_;
};

} // namespace trafikito::agent::cycle
