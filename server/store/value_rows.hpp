#pragma once
// What the store (store.hpp) gives of the numbers that were taken out of outputs: which there are,
// and how they stood in time.

#include "base/wall_clock.hpp"
#include "server/values/series_codec.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace trafikito::server::store {

/// Of one machine; more are not kept.
inline constexpr std::size_t max_series = 512;

/// One number of a server, through time.
struct series_row {
    std::int64_t id = 0;
    std::string command;
    std::string name;
    std::string instance; ///< which of several of that name; empty: there is one
    std::string unit;
    std::string chart; ///< with which others it is drawn; empty: by itself
};

struct value_point {
    base::wall_time at; ///< of several that are one point, where their step begins
    double average = 0;
    double minimum = 0;
    double maximum = 0;
};

struct series_points {
    std::int64_t series = 0;
    std::vector<value_point> points; ///< in the order of time
};

struct points_of_server {
    /// That each point stands for; 0: as they came.
    std::chrono::milliseconds step{0};
    std::vector<series_points> series; ///< those that have a point there, by id
    std::int64_t damaged = 0;          ///< rows and blocks that could not be read: a gap
};

/// The values of one report, as they were taken.
struct fresh_values_row {
    std::int64_t id = 0;
    std::string server_id;
    base::wall_time at; ///< when the machine was as they say
    std::vector<values::series_value> values;
};

} // namespace trafikito::server::store
