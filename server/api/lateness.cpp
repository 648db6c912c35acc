#include "server/api/lateness.hpp"

namespace trafikito::server::api {

using std::chrono::seconds;

bool is_recent(std::optional<base::wall_time> const& time, base::wall_time now) {
    return time && now - *time < lasting;
}

std::optional<seconds> age_of(store::server_row const& server, base::wall_time now) {
    return server.last_data ? std::optional(std::chrono::floor<seconds>(now - *server.last_data))
                            : std::nullopt;
}

std::optional<base::wall_time> late_from(store::server_row const& server) {
    constexpr seconds usual{60};
    constexpr seconds grace{60};
    return server.last_data ? std::optional(*server.last_data +
                                            3 * (server.interval.value_or(usual) + server.delay) +
                                            grace + seconds(1))
                            : std::nullopt;
}

bool is_late(store::server_row const& server, base::wall_time now) {
    auto const from = late_from(server);
    return from && now >= *from;
}

} // namespace trafikito::server::api
