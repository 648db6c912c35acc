#pragma once
// The outputs of a report → its values: those that rules find, those of Nagios plugins and of
// Prometheus exporters by themselves. Pure; whoever stores reports asks it, some microseconds a
// report. Work and result are bounded, whatever a machine prints: max_values, max_output.

#include "server/values/counters.hpp"
#include "server/values/rules.hpp"
#include "server/values/taken_value.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace trafikito::server::values {

struct command_output {
    std::string_view command;
    std::string_view bytes;
};

/// `before` is the machine's own; `at` when the data is of (milliseconds). Each value once:
/// command, name and instance tell them apart.
std::vector<taken_value> take(rules const& all, std::span<command_output const> outputs,
                              counters& before, std::int64_t at);

} // namespace trafikito::server::values
