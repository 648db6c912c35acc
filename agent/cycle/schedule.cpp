#include "agent/cycle/schedule.hpp"

#include <algorithm>

namespace trafikito::agent::cycle {

using std::chrono::milliseconds;

milliseconds first_wait(std::optional<std::chrono::seconds> random_number,
                        first_question const& known, milliseconds interval, std::mt19937& engine) {
    if (random_number) {
        return std::max<milliseconds>(*random_number, known.early);
    }
    if (known.in_step) {
        return std::max(*known.in_step, known.early);
    }
    auto const room = known.kept ? std::max(interval - known.early, milliseconds(1)) : interval;
    std::uniform_int_distribution<milliseconds::rep> below(0, room.count() - 1);
    return known.early + milliseconds(below(engine));
}

base::clock::steady_time next_due(base::clock::steady_time last, milliseconds interval,
                                  base::clock::steady_time now) {
    auto const next = last + interval;
    return next > now ? next : now + interval;
}

base::clock::steady_time order_limit(base::clock::steady_time begun, milliseconds interval,
                                     milliseconds cycle_timeout) {
    return begun + interval - std::min(cycle_timeout, interval / 2);
}

} // namespace trafikito::agent::cycle
