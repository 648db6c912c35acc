#pragma once
// How old the newest data of a machine is, and whether that is too old. Whoever shows machines to
// people asks it.

#include "base/wall_clock.hpp"
#include "server/store/store_rows.hpp"

#include <chrono>
#include <optional>

namespace trafikito::server::api {

/// What the API notices again as long as it lasts is over when it was not for this long.
inline constexpr std::chrono::hours lasting{1};
bool is_recent(std::optional<base::wall_time> const& time, base::wall_time now);

/// Of its newest data; negative where that is in the future of this clock; nothing when it never
/// sent any.
std::optional<std::chrono::seconds> age_of(store::server_row const& server, base::wall_time now);

/// From when on it is late, if nothing newer comes: three of its reports did not come, and a minute
/// has passed, so that it is not one that was lost on the way. Nothing when it never sent any.
std::optional<base::wall_time> late_from(store::server_row const& server);

bool is_late(store::server_row const& server, base::wall_time now);

} // namespace trafikito::server::api
