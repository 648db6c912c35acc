#pragma once
// How a time stands in the database: milliseconds since 1970 UTC. Only the store's files use it.

#include "server/clock.hpp"

#include <cstdint>

namespace trafikito::server {

inline std::int64_t to_stored(time_point time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

inline time_point from_stored(std::int64_t milliseconds) {
    return time_point(std::chrono::milliseconds(milliseconds));
}

} // namespace trafikito::server
