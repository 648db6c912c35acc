#pragma once
// Times and texts as /api/v1 has them.

#include "base/wall_clock.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::server::people {

/// The last time that is asked for, as the one below: of the year 2255, about as far as a wall_time
/// counts.
inline constexpr std::int64_t latest_time = 9'000'000'000'000;

/// Milliseconds since 1970 UTC.
inline std::int64_t to_milliseconds(base::wall_time time) {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

/// Of 0 to latest_time.
inline base::wall_time from_milliseconds(std::int64_t time) {
    return base::wall_time(
        std::chrono::duration_cast<base::wall_time::duration>(std::chrono::milliseconds(time)));
}

/// null when there is none.
inline boost::json::value time_value(std::optional<base::wall_time> const& time) {
    return time ? boost::json::value(to_milliseconds(*time)) : boost::json::value(nullptr);
}

/// As it goes out. A machine's own words may stand in it: what is no UTF-8 becomes U+FFFD, and a
/// terminal may be shown it (base/printable.hpp).
std::string to_text(boost::json::value const& what);

/// A text in which what is no UTF-8 became U+FFFD, for what is no JSON.
std::string utf8_of(std::string_view bytes);

} // namespace trafikito::server::people
