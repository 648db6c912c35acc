#pragma once
// How a time stands in the database: milliseconds since 1970 UTC. Only the store's files use it.

#include "base/wall_clock.hpp"
#include "server/database/connection.hpp"

#include <cstdint>
#include <optional>

namespace trafikito::server::store {

inline std::int64_t to_stored(base::wall_time time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

inline base::wall_time from_stored(std::int64_t milliseconds) {
    return base::wall_time(std::chrono::milliseconds(milliseconds));
}

/// The day since 1970 of a stored time.
inline std::int64_t day_of(std::int64_t stored) {
    constexpr std::int64_t length = 24L * 60 * 60 * 1000;
    return stored >= 0 ? stored / length : (stored - length + 1) / length;
}

inline std::optional<base::wall_time> time_at(database::statement const& query, int column) {
    return query.null_at(column) ? std::nullopt
                                 : std::optional(from_stored(query.number_at(column)));
}

} // namespace trafikito::server::store
