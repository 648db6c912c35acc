#pragma once
// The once-a-minute rule: when the API may be asked for an order (doc/protocol.md: at most once per
// interval and its DELAY, by the API's own count too, and across restarts). Its one owner: the
// cycle and net::retrying tell it what becomes of a question, the daemon and --once ask it how long
// to wait. It never waits itself and never asks.

#include "agent/persistence/state.hpp"
#include "base/clock.hpp"
#include "net/retry/retrying.hpp"

#include <chrono>
#include <string>

namespace trafikito::agent::cycle {

class order_pace final : public net::retry::order_watch {
public:
    /// Both must outlive it. Where `state` could not be read, the API counts as asked just now:
    /// nobody knows, and too late is better than too early.
    order_pace(persistence::state_file& state, base::clock& time);

    /// How long from now the API may not be asked; 0 when it may. Never more than `interval` and
    /// the greater one of DELAY and on_the_way(), whatever the clocks did meanwhile.
    [[nodiscard]] std::chrono::milliseconds must_wait(std::chrono::milliseconds interval) const;

    /// The same for a process that just began to run for good. On a disk that keeps nothing, nobody
    /// knows when the API was asked last: then it is at least `interval`.
    [[nodiscard]] std::chrono::milliseconds
    must_wait_after_start(std::chrono::milliseconds interval);

    /// The question of a cycle goes out next. It is on the disk when this returns: whatever happens
    /// to the process then, the API is not asked again too soon. Returns in words why the disk does
    /// not have it, empty when it has.
    [[nodiscard]] std::string asking(std::chrono::milliseconds interval);

    /// Whether the last question kept its distance from the one before, an interval and the DELAY:
    /// then the API has no reason of ours to call it too early. False where nobody knows when the
    /// API was asked before, and where the question had to be sent again.
    [[nodiscard]] bool kept_distance() const { return kept_distance_; }

    /// No answer came, and the same question goes out once more: what is waited for counts from
    /// then, also for whoever comes after a crash.
    void asking_again() override;

    /// An answer came, whatever it says. The API counts from some moment before it: an interval
    /// from now, the next question is not early by anybody's count. On the disk with the next
    /// change of the state.
    void answered();

    /// The answer is an order, whose `delay` is waited for on top of the interval. On the disk as
    /// above.
    void order_taken(std::chrono::seconds delay);

    /// The answer is `=`: the last order once more, and its DELAY with it. Only this process waits
    /// for that; one after a restart waits for an interval.
    void order_repeated(std::chrono::seconds delay);

    /// By how much the next cycle is to begin later than an interval after the last one: DELAY, and
    /// how much later than it was first asked the question was answered or, without an answer,
    /// asked last. 0 until the next question, then.
    [[nodiscard]] std::chrono::milliseconds take_postponement();

private:
    void note(std::chrono::milliseconds pause);

    persistence::state_file& state_;
    base::clock& time_;
    std::chrono::milliseconds interval_{0}; ///< as it was when the question went out
    base::clock::steady_time first_asked_;
    base::clock::steady_time counts_from_; ///< the last try, or its answer
    std::chrono::seconds delay_{0};
    bool kept_distance_ = false;
};

/// How much longer one question may be on its way than the next: while no answer says when the API
/// had it, the next one waits for so long behind the interval. 5 % of it and 100 ms.
std::chrono::milliseconds on_the_way(std::chrono::milliseconds interval);

} // namespace trafikito::agent::cycle
