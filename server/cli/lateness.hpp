#pragma once
// How old the newest data of a machine is, and whether that is too old. servers and why ask it.

#include "base/wall_clock.hpp"
#include "server/store/store.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace trafikito::server::cli {

/// What the API notices again as long as it lasts is over when it was not for this long.
inline constexpr std::chrono::hours lasting{1};
bool is_recent(std::optional<base::wall_time> const& time, base::wall_time now);

/// Of its newest data; negative where that is in the future of this clock; nothing when it never
/// sent any.
std::optional<std::chrono::seconds> age_of(store::server_row const& server, base::wall_time now);

/// Three of its reports did not come, and a minute has passed: not one that was lost on the way.
bool is_late(store::server_row const& server, base::wall_time now);

/// `2026-11-26 05:10:00 +01:00, 3 min ago`; `in 3 min by this clock` of what is to come.
std::string time_and_age(base::wall_time time, base::wall_time now);

} // namespace trafikito::server::cli
