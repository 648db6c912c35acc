#pragma once
// /api/v1/machines/{}/series: the numbers that were taken out of a machine's outputs, through time.

#include "server/people/means.hpp"
#include "server/people/router.hpp"

namespace trafikito::server::people {

class series_endpoints {
public:
    static constexpr std::int64_t usual_points = 500; ///< of one series
    static constexpr std::int64_t max_points = 2000;

    explicit series_endpoints(means with) : with_(std::move(with)) {}

    void add_to(router& routes);

private:
    answering series(call_ptr what);

    means with_;
};

/// The step by which so much time has at most as many points; 0 where they are no more as they
/// came, one a minute.
std::chrono::milliseconds step_for(std::chrono::milliseconds time, std::int64_t points);

} // namespace trafikito::server::people
