#pragma once
// What machines report as numbers, in the text that Prometheus reads (exposition format 0.0.4).
// Names and labels are machines' words: here they become what the format allows. Pure.

#include "server/people/newest_values.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::server::people {

/// The newest that is known of one machine.
struct machine_metrics {
    std::string id;
    std::string name;
    bool up = false;                          ///< it reports, and in time
    std::optional<std::int64_t> last_data;    ///< ms since 1970
    std::vector<newest_values::value> values; ///< of one that is not up, none is shown
};

/// Beyond them nothing is shown of further machines' values, and it is said how many were left out.
inline constexpr std::size_t max_metrics = 500'000;

/// Families `trafikito_machine_…` of all machines, and one of each name of a value,
/// `trafikito_NAME` with the labels server, server_id, command, instance. A value whose family
/// would be one of ours is called `trafikito_value_NAME`.
std::string machines_text(std::vector<machine_metrics> const& machines);

/// One family without labels.
struct own_metric {
    std::string_view name;
    std::string_view help;
    std::string_view type; ///< gauge or counter
    double value = 0;
    /// `NAME="VALUE"`; empty: none. Ours, so that nothing needs to be escaped.
    std::string labels = {};
};
std::string own_text(std::vector<own_metric> const& all);

/// What may follow trafikito_: `a:b_c` of `a:b c`; never empty.
std::string metric_name(std::string_view name);
/// Between quotes: UTF-8, `\\`, `\"` and `\n` escaped.
std::string label_value(std::string_view text);

} // namespace trafikito::server::people
