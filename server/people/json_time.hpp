#pragma once
// Times as /api/v1 has them: milliseconds since 1970 UTC, null where there is none.

#include "base/wall_clock.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace trafikito::server::people {

inline std::int64_t to_milliseconds(base::wall_time time) {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

inline boost::json::value time_or_null(std::optional<base::wall_time> time) {
    return time ? boost::json::value(to_milliseconds(*time)) : boost::json::value(nullptr);
}

} // namespace trafikito::server::people
