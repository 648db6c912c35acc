#include "agent/cycle/order_pace.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::agent::cycle {

using std::chrono::milliseconds;
using std::chrono::seconds;

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

milliseconds order_pace::must_wait_after_start(milliseconds interval) {
    auto const wait = must_wait(interval);
    bool const kept = state_.save(state_.value()).empty();
    return kept ? wait : std::max(wait, interval);
}

std::string order_pace::asking(milliseconds interval) {
    interval_ = interval;
    delay_ = seconds(0);
    kept_distance_ = state_.value().asked_at && must_wait(interval) == milliseconds(0);
    note(interval + on_the_way(interval));
    auto problem = state_.save(state_.value());
    first_asked_ = counts_from_ = time_.steady_now();
    return problem;
}

void order_pace::asking_again() {
    kept_distance_ = false;
    counts_from_ = time_.steady_now();
    note(interval_ + on_the_way(interval_));
    (void)state_.save(state_.value()); // asking() said already when that does not work
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
    state_.change(std::move(value));
}

milliseconds on_the_way(milliseconds interval) {
    return interval / 20 + milliseconds(100);
}

} // namespace trafikito::agent::cycle
