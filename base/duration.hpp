#pragma once
// Durations as people write them in a configuration or on a command line. Pure text.

#include <chrono>
#include <optional>
#include <string_view>

namespace trafikito::base {

/// `500ms 30s 5m 1h 2d`; a bare number is seconds. Units in lower case, no blank, sign or fraction.
/// Nothing when it is not of that form; what no clock can hold is the longest that one can.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

} // namespace trafikito::base
