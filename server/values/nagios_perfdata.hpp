#pragma once
// What a Nagios plugin prints behind `|`: `label=value[UOM];warn;crit;min;max`, separated by blanks
// (Monitoring Plugins Development Guidelines, "Performance data"). Recognised by itself, so
// whatever is none must give nothing.

#include "server/values/taken_value.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace trafikito::server::values {

inline constexpr std::size_t max_perfdata = 64UL * 1024; ///< of an output that are looked at

/// Those of the first line behind its `|`, all of which must be right, and of the lines behind
/// another `|`; at most `most`. Bytes and seconds come out as such, whatever their UOM; `c` is a
/// counter. A label that is a word is the name; any other, as that of a disk, is an instance of
/// `otherwise`.
std::vector<found_value> nagios_perfdata(std::string_view output, std::string_view otherwise,
                                         std::size_t most);

} // namespace trafikito::server::values
