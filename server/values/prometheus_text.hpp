#pragma once
// The text that a Prometheus exporter answers (`name{label="value"} 1.5`, exposition format 0.0.4,
// and OpenMetrics). Recognised by its `# TYPE` and `# HELP` lines.

#include "server/values/taken_value.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace trafikito::server::values {

/// Whether the output begins with such a line.
bool is_prometheus_text(std::string_view output);

/// At most `most`, those that come first. Counters by their type; buckets of histograms are left
/// out, timestamps and exemplars are not read. Labels are the instance: of one alone its value,
/// else `name=value` of each.
std::vector<found_value> prometheus_text(std::string_view output, std::size_t most);

} // namespace trafikito::server::values
