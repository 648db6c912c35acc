#pragma once
// When cycles are due. Pure: the daemon and the minute loop go by it, and a simulation of a fleet
// runs on it.

#include "base/clock.hpp"

#include <chrono>
#include <optional>
#include <random>

namespace trafikito::agent::cycle {

/// How long to wait before the first cycle. `early`: how long the once-a-minute rule still forbids
/// to ask (state.hpp). `random_number` if it is set, and never less than `early`. Else an
/// interval's worth of chance on top of `early`: whatever made a fleet start together, and wherever
/// in its minute each agent was before, they are spread evenly then. (The greater one of the two
/// would not do: of a fleet that restarts, twice the share would come at the end of the minute, for
/// good.)
std::chrono::milliseconds first_wait(std::optional<std::chrono::seconds> random_number,
                                     std::chrono::milliseconds early,
                                     std::chrono::milliseconds interval, std::mt19937& engine);

/// In step with the last due time, unless that is past: then what was missed is not made up for.
base::clock::steady_time next_due(base::clock::steady_time last, std::chrono::milliseconds interval,
                                  base::clock::steady_time now);

/// Until when an order may be asked for: what follows it needs its time, cycle_timeout at the most
/// and never more than half of the interval.
base::clock::steady_time order_limit(base::clock::steady_time begun,
                                     std::chrono::milliseconds interval,
                                     std::chrono::milliseconds cycle_timeout);

} // namespace trafikito::agent::cycle
