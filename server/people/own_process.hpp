#pragma once
// What this process takes of the machine, by the names that Prometheus' own libraries give it
// (process_…), as /proc says. Where that cannot be read, the line is left out.

#include "server/people/metrics_text.hpp"

#include <vector>

namespace trafikito::server::people {

std::vector<own_metric> process_metrics();

} // namespace trafikito::server::people
