#pragma once
// Durations as they stand on the command line: `90`, `60s`, `5m`, `1h`, `7d`. Pure text.

#include <chrono>
#include <optional>
#include <string_view>

namespace trafikito::base {

/// A whole number and a unit (none: seconds), at most 3,650 days. Nothing when it is not of that
/// form.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

} // namespace trafikito::base
