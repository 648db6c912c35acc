#include "agent/cycle/order_pace.hpp"

#include "base/time_text.hpp"
#include "base/units.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::agent::cycle {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// Intervals. What was in step so long ago says little about when others of a fleet ask, of which
/// some would come by it and some by chance.
constexpr int forgotten_after = 60;

} // namespace

order_pace::order_pace(persistence::state_file& state, base::clock& time)
    : state_(state), time_(time) {
    if (!state_.problem().empty()) {
        auto value = state_.value();
        value.asked_at = time_.stamp();
        (void)state_.save(
            std::move(value)); // what was there is set aside: the next one, too, knows
    }
}

milliseconds order_pace::must_wait(milliseconds interval) const {
    auto const& value = state_.value();
    if (!value.asked_at) {
        return milliseconds(0);
    }
    auto const delay = value.last_order ? milliseconds(value.last_order->delay) : milliseconds(0);
    auto const longest = interval + std::max(delay, on_the_way(interval));
    // The pause may be that of another interval, in an earlier configuration.
    auto const pause = std::clamp(value.pause, interval, longest);
    return std::max(pause - value.asked_at->age(time_.stamp()), milliseconds(0));
}

std::string order_pace::why_wait(milliseconds interval) const {
    auto const& value = state_.value();
    auto const delay = value.last_order ? value.last_order->delay : seconds(0);
    auto text = "the API may be asked once per interval (" + base::in_seconds(interval) +
                (delay > seconds(0) ? ", and its DELAY of " + base::in_seconds(delay) : "") + ")";
    if (value.asked_at) {
        auto const ago = value.asked_at->age(time_.stamp());
        text += ", and was asked " + base::in_words(ago) + " ago";
        text += value.pause == interval + on_the_way(interval)
                    ? ", without an answer that says when it had the question"
                    : "";
    }
    return text;
}

first_question order_pace::after_start(milliseconds interval) {
    first_question known{.early = must_wait(interval), .in_step = std::nullopt};
    bool const kept = state_.save(state_.value()).empty();
    if (!kept) {
        known.early = std::max(known.early, interval);
        known.kept = false;
        return known;
    }
    auto const& value = state_.value();
    if (value.in_step && value.asked_at && interval > milliseconds(0)) {
        known.in_step = known.early;
        auto const age = value.asked_at->age(time_.stamp());
        if (known.early == milliseconds(0) && age >= forgotten_after * interval) {
            known.in_step.reset();
        } else if (known.early == milliseconds(0)) {
            known.in_step = interval - (age - std::min(age, value.pause)) % interval;
        }
    }
    return known;
}

std::string order_pace::asking(milliseconds interval) {
    interval_ = interval;
    delay_ = seconds(0);
    kept_distance_ = state_.value().asked_at && must_wait(interval) == milliseconds(0);
    asked_ = false;
    first_asked_ = counts_from_ = time_.steady_now();
    remember_last();
    asked_ = true;
    note(interval + on_the_way(interval));
    return state_.save(state_.value());
}

void order_pace::asking_again() {
    kept_distance_ = kept_distance_ && !asked_;
    remember_last();
    asked_ = true;
    counts_from_ = time_.steady_now();
    note(interval_ + on_the_way(interval_));
    (void)state_.save(state_.value()); // asking() said already when that does not work
}

void order_pace::not_asked() {
    asked_ = last_.asked;
    counts_from_ = last_.counts_from;
    auto value = state_.value();
    value.asked_at = last_.asked_at;
    value.pause = last_.pause;
    value.in_step = last_.in_step;
    state_.change(std::move(value));
}

void order_pace::remember_last() {
    auto const& value = state_.value();
    last_ = {.asked_at = value.asked_at,
             .pause = value.pause,
             .in_step = value.in_step,
             .counts_from = counts_from_,
             .asked = asked_};
}

void order_pace::answered() {
    counts_from_ = time_.steady_now();
    note(interval_);
}

void order_pace::order_taken(seconds delay) {
    delay_ = delay;
    auto value = state_.value();
    value.pause = interval_ + delay;
    state_.change(std::move(value));
}

void order_pace::order_repeated(seconds delay) {
    delay_ = delay;
}

milliseconds order_pace::take_postponement() {
    auto const late = std::chrono::ceil<milliseconds>(counts_from_ - first_asked_);
    first_asked_ = counts_from_;
    return late + std::exchange(delay_, seconds(0));
}

void order_pace::note(milliseconds pause) {
    auto value = state_.value();
    value.asked_at = time_.stamp();
    value.pause = pause;
    value.in_step = in_step_;
    state_.change(std::move(value));
}

milliseconds on_the_way(milliseconds interval) {
    return interval / 20 + milliseconds(100);
}

} // namespace trafikito::agent::cycle
