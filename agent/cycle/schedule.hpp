#pragma once
// When cycles are due. Pure: the daemon and the minute loop go by it, and a simulation of a fleet
// runs on it.

#include "base/clock.hpp"

#include <chrono>
#include <optional>
#include <random>

namespace trafikito::agent::cycle {

/// What is known of the first question of a process (order_pace.hpp).
struct first_question {
    std::chrono::milliseconds early{0}; ///< for so long the once-a-minute rule forbids it
    /// From now, at least `early`: when it would be due if this process had always run. Known where
    /// an earlier one asked at intervals whose beginning was left to chance.
    std::optional<std::chrono::milliseconds> in_step;
    bool kept = true; ///< when it asks is on the disk: what comes after it knows it
};

/// How long to wait before the first cycle. `random_number` if it is set, and never less than the
/// rule demands. Else in step with the cycles before the restart, so that a restart delays nothing
/// and a fleet that was spread evenly stays so, however long it was away. Where there is no such
/// step, chance within the first interval, behind `early`: whatever made a fleet start together, it
/// is spread evenly then, and nobody who has just asked by hand (`why`, --once) waits for two.
/// Where the disk keeps nothing all of a fleet wait for a whole interval after every start: then
/// the chance comes on top of it.
std::chrono::milliseconds first_wait(std::optional<std::chrono::seconds> random_number,
                                     first_question const& known,
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
