#pragma once
// Times as people and as programs read them. Printing and logging use it.

#include "server/clock.hpp"

#include <string>

namespace trafikito::server {

/// `2026-11-23 05:30:19`, in the machine's time zone.
std::string local_time(time_point time);

/// `2026-11-23T05:30:19.042Z` (RFC 3339).
std::string utc_time(time_point time);

} // namespace trafikito::server
