#pragma once
// Times as people and as programs read them, whoever prints, logs or sends them.

#include "base/wall_clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace trafikito::base {

/// A wall time as files and messages have it: whatever a clock says fits.
using moment = std::chrono::sys_time<std::chrono::milliseconds>;

/// What the wall clock says.
moment wall_now();

/// What a person reads, wherever a time is shown or logged: `2026-11-23T06:30:19.042+01:00`
/// (RFC 3339), in the machine's time zone, as it was read when the program began.
std::string local_time(moment time);
std::string local_time(wall_time time);

/// What a program reads: `2026-11-23T05:30:19.042Z` (RFC 3339).
std::string utc_time(moment time);
std::string utc_time(wall_time time);

/// The opposite of utc_time(): RFC 3339 in UTC (`Z`), with up to nine digits of a second or none;
/// kept to the millisecond. Nothing when it is not of that form or names no day of the calendar.
std::optional<wall_time> parse_utc_time(std::string_view text);

/// `42 s`, `14 min`, `3 h 20 min`, `2 d 3 h`: whole units, the rest cut off; below a minute as
/// in_seconds() of units.hpp has it.
std::string in_words(std::chrono::milliseconds span);

} // namespace trafikito::base
