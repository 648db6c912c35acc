#pragma once
// The once-a-minute rule: when the API may be asked for an order (doc/protocol.md: at most once per
// interval and its DELAY, by the API's own count too, and across restarts). Its one owner: the
// cycle and net::retrying tell it what becomes of a question, the daemon and --once ask it how long
// to wait. It never waits itself and never asks.

#include "agent/cycle/schedule.hpp"
#include "agent/persistence/state.hpp"
#include "base/clock.hpp"
#include "net/retry/retrying.hpp"

#include <chrono>
#include <optional>
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

    /// Why, in words: what is demanded, and when it was asked last.
    [[nodiscard]] std::string why_wait(std::chrono::milliseconds interval) const;

    /// What a process that just began to run for good knows of its first question. On a disk that
    /// keeps nothing, nobody knows when the API was asked last: then it must wait for at least
    /// `interval`.
    [[nodiscard]] first_question after_start(std::chrono::milliseconds interval);

    /// The questions from now on are an interval apart, and chance had a part in when the first one
    /// of them is due, in this process or in one before: one after a restart goes on in step.
    void in_step() { in_step_ = true; }

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

    /// The last try ended before a byte of the question was sent: as far as that one goes, the API
    /// is what it was before. Written with the next change of the state: a process that dies before
    /// only waits for longer.
    void not_asked() override;

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
    void remember_last();
    void note(std::chrono::milliseconds pause);

    persistence::state_file& state_;
    base::clock& time_;
    std::chrono::milliseconds interval_{0}; ///< as it was when the question went out
    base::clock::steady_time first_asked_;
    base::clock::steady_time counts_from_; ///< the last try, or its answer
    std::chrono::seconds delay_{0};
    bool kept_distance_ = false;

    /// Of before the try that is on its way.
    struct last_question {
        std::optional<base::timestamp> asked_at;
        std::chrono::milliseconds pause{0};
        bool in_step = false;
        base::clock::steady_time counts_from;
        bool asked = false; ///< by an earlier try of the same question
    };
    last_question last_;
    bool asked_ = false; ///< by a try of this question, as far as is known
    bool in_step_ = false;
};

/// How much longer one question may be on its way than the next: while no answer says when the API
/// had it, the next one waits for so long behind the interval. 5 % of it and 100 ms.
std::chrono::milliseconds on_the_way(std::chrono::milliseconds interval);

} // namespace trafikito::agent::cycle
