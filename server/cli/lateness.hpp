#pragma once
// A time of a machine's data as lines for people have it. servers and why print it.

#include "base/wall_clock.hpp"
#include "server/api/lateness.hpp"

#include <string>

namespace trafikito::server::cli {

using api::age_of;
using api::is_late;
using api::is_recent;

/// `2026-11-26 05:10:00 +01:00, 3 min ago`; `in 3 min by this clock` of what is to come.
std::string time_and_age(base::wall_time time, base::wall_time now);

} // namespace trafikito::server::cli
