#include "server/cli/lateness.hpp"

#include "base/time_text.hpp"
#include "server/cli/screen.hpp"

namespace trafikito::server::cli {

using std::chrono::seconds;

bool is_recent(std::optional<base::wall_time> const& time, base::wall_time now) {
    return time && now - *time < lasting;
}

std::optional<seconds> age_of(store::server_row const& server, base::wall_time now) {
    return server.last_data ? std::optional(std::chrono::floor<seconds>(now - *server.last_data))
                            : std::nullopt;
}

bool is_late(store::server_row const& server, base::wall_time now) {
    constexpr seconds usual{60};
    constexpr seconds grace{60};
    auto const age = age_of(server, now);
    return age && *age > 3 * (server.interval.value_or(usual) + server.delay) + grace;
}

std::string time_and_age(base::wall_time time, base::wall_time now) {
    auto const age = std::chrono::floor<seconds>(now - time);
    auto const text = time_in_table(time) + ", ";
    if (age.count() == 0) {
        return text + "just now";
    }
    return age.count() < 0 ? text + "in " + base::in_words(-age) + " by this clock"
                           : text + base::in_words(age) + " ago";
}

} // namespace trafikito::server::cli
