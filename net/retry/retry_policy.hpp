#pragma once
// When a request that came to nothing is tried again: exponential backoff with full jitter, within
// the cycle. Pure: net::retrying waits by it, and a simulation of a fleet runs on it. The rules are
// such that a fleet is no burden to an API that comes back:
//  * While an API is away, only the first cycle that finds it so has its retries; from then on each
//    cycle tries once, until one is answered. A fleet asks no more of an API that is away than of
//    one that answers.
//  * A cycle that is due before a Retry-After has passed asks nothing: the agent comes back when
//    its own next cycle is due, and so not at the moment that was named to everybody.

#include "net/link/timing.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace trafikito::net::retry {

struct retry_policy {
    std::uint64_t retries = 3;                  ///< tries after the first
    std::chrono::milliseconds base{2'000};      ///< the longest wait before the second try
    std::chrono::milliseconds cap{20'000};      ///< the longest wait, without a Retry-After
    std::chrono::milliseconds interval{60'000}; ///< a Retry-After counts up to this
    std::chrono::milliseconds at_least{10'000}; ///< that a first try gets, however late it is

    /// Uniform in [0, min(cap, base · 2^failed)]; `failed` is 0 after the first try.
    [[nodiscard]] std::chrono::milliseconds delay(std::uint64_t failed, std::mt19937& engine) const;

    /// Never less than `retry_after`; what comes on top is spread over at least twice of it,
    /// because the same moment may have been named to a whole fleet.
    [[nodiscard]] std::chrono::milliseconds delay_after(std::uint64_t failed,
                                                        std::chrono::milliseconds retry_after,
                                                        std::mt19937& engine) const;
};

/// The waits shrink with an interval below a minute.
retry_policy policy_for(std::chrono::milliseconds interval, std::uint64_t retries);

/// What lasts from one cycle to the next.
struct retry_memory {
    bool orders_answered = true;  ///< the last order request was answered
    bool reports_answered = true; ///< the last report was accepted or refused
    link::steady_time not_before; ///< a Retry-After: nothing is asked before it
};

/// The tries of one request.
class tries {
public:
    /// `answered` is the memory's own of this kind of request. No try begins at or after `until`.
    tries(retry_policy const& policy, retry_memory& memory, bool& answered, link::steady_time until)
        : policy_(policy), memory_(memory), answered_(answered), until_(until),
          left_(answered ? policy.retries : 0) {}

    /// Whether the first try may begin now.
    [[nodiscard]] bool may_begin(link::steady_time now) const { return now >= memory_.not_before; }

    /// Until when the try that begins now may last.
    [[nodiscard]] link::steady_time limit(link::steady_time now) const;

    /// The last try was accepted or refused.
    void succeeded();

    /// No answer came, or one that says "later". The moment of the next try, or nothing: it was the
    /// last one in this cycle. `retry_after`: 0 when the peer named none.
    std::optional<link::steady_time>
    failed(link::steady_time now, std::chrono::milliseconds retry_after, std::mt19937& engine);

    [[nodiscard]] std::uint64_t ended() const { return ended_; }

private:
    retry_policy const& policy_;
    retry_memory& memory_;
    bool& answered_;
    link::steady_time until_;
    std::uint64_t left_;
    std::uint64_t ended_ = 0;
};

} // namespace trafikito::net::retry
