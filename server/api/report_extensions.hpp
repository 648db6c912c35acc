#pragma once
// What our own agents add to a report when the answer to their order named it (doc/protocol.md,
// "Ours alone"): the form field `results`, the headers Trafikito-Collected-At and
// Trafikito-Report-Id. The API uses it. What is not of its form is left out and said: a report is
// never lost for it.

#include "base/wall_clock.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::api {

/// Every answer to an order carries it. An error is no order.
inline constexpr std::string_view features_header = "Trafikito-Features";
inline constexpr std::string_view features = "results, collected-at, report-id, machine";

inline constexpr std::string_view collected_header = "Trafikito-Collected-At";
inline constexpr std::string_view report_id_header = "Trafikito-Report-Id";

/// As sent; each may be empty.
struct sent_extensions {
    std::string_view results;
    std::string_view collected;
    std::string_view report_id;
};

/// What was left out, for the log.
struct left_out {
    std::string_view why;
    std::string sent;      ///< its beginning, harmless; or its size
    bool of_clock = false; ///< that machine's clock is wrong, or ours
};

struct report_extensions {
    std::string_view results;                 ///< a JSON array of objects, as sent; empty: none
    std::optional<base::wall_time> collected; ///< of a late report; never after the arrival
    std::string report_id;                    ///< lower case; empty: none
    std::vector<left_out> ignored;
};

/// `results`: at most 2 MiB, 4,096 objects, 8 levels. `collected`: RFC 3339 in UTC, at most 366
/// days ago; up to 5 minutes ahead, which a clock may be, counts as `now`. `report_id`: a UUID of
/// RFC 9562's versions, so neither the nil nor the max UUID, which name nothing.
report_extensions read_extensions(sent_extensions const& sent, base::wall_time now);

} // namespace trafikito::server::api
