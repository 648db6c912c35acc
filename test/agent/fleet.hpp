#pragma once
// A fleet of agents against one API, in virtual time: how many requests a second reach it. Runs on
// the agent's own rules (net/retry_policy.hpp, agent/schedule.hpp); network, commands and the event
// queue are made up here. The test and the bench of the same name use it.

#include <chrono>
#include <cstdint>
#include <vector>

namespace trafikito::test {

enum class trouble {
    refused,           ///< each request fails at once (no connection, or 503)
    silent,            ///< each request is waited for in vain
    come_back_later,   ///< 503 with a Retry-After
    come_back_together ///< 503 with a Retry-After that names the end of the outage to everybody
};

enum class beginning {
    fresh,     ///< all in the same second; when they asked before is past or not known
    restarted, ///< all in the same second, and each had asked within the last minute
    rebooted   ///< the same after 40 s: some still have to wait, and for others the minute is over
};

struct fleet_settings {
    std::size_t agents = 10'000;
    beginning begin = beginning::fresh;
    trouble what = trouble::refused;
    std::chrono::seconds outage_from{300};
    std::chrono::seconds outage_for{1800};
    std::chrono::seconds retry_after{90};
    std::chrono::seconds run_for{2400};
    std::uint64_t retries = 3;
    std::uint32_t seed = 1;
};

/// Requests of all kinds in each second.
using request_rate = std::vector<std::uint32_t>;

request_rate simulate(fleet_settings const& settings);

/// Of the seconds [from, to).
double mean_rate(request_rate const& rate, std::chrono::seconds from, std::chrono::seconds to);

/// The highest mean of `window` seconds on end, within [from, to). A window of one second is plain
/// counts: of 333 requests a second that come by chance, one in a thousand seconds has 390.
double peak_rate(request_rate const& rate, std::chrono::seconds from, std::chrono::seconds to,
                 std::size_t window);

} // namespace trafikito::test
