#include "server/api/machines.hpp"

#include "base/ascii.hpp"
#include "base/hexadecimal.hpp"
#include "base/number.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace trafikito::server::api {

using std::chrono::seconds;

namespace {

constexpr std::chrono::hours said_again_after{1};
constexpr std::chrono::minutes noted_again_after{10};
constexpr std::int64_t longest_interval = 86'400; ///< seconds

seconds interval_of(std::string_view header) {
    auto const number = base::number_in<std::int64_t>(header);
    return seconds(number && *number >= 1 && *number <= longest_interval ? *number : 0);
}

/// Whether it is time again, which counts as done then.
bool is_due(std::optional<base::wall_time>& last, std::chrono::minutes after, base::wall_time now) {
    if (last && *last <= now && now - *last < after) {
        return false;
    }
    last = now;
    return true;
}

} // namespace

std::optional<machines::finding> machines::saw(std::string_view server_id, std::string_view boot,
                                               std::string_view interval, base::wall_time now) {
    auto id = base::lower(boot.substr(0, 64));
    if (!base::is_uuid(id)) {
        return std::nullopt;
    }
    auto known = servers_.find(server_id);
    if (known == servers_.end()) {
        known = servers_.emplace(server_id, history{}).first;
    }
    auto& all = known->second;
    auto const lasts = std::max<seconds>(short_time, 4 * interval_of(interval));
    std::erase_if(all.boots, [&](auto const& one) {
        return now - one.seen > lasts || one.seen > now; // a clock that was set back knows nothing
    });
    auto const before = std::ranges::find(all.boots, id, &seen_boot::id);
    bool const came_back = before != all.boots.end() && std::next(before) != all.boots.end();
    if (before != all.boots.end()) {
        all.boots.erase(before);
    } else if (all.boots.size() >= max_boots) {
        all.boots.erase(all.boots.begin());
    }
    all.boots.push_back({std::move(id), now});
    if (!came_back) {
        return std::nullopt;
    }
    return finding{.machines = all.boots.size(),
                   .times = ++all.found,
                   .say = is_due(all.said, said_again_after, now),
                   .note = is_due(all.noted, noted_again_after, now)};
}

} // namespace trafikito::server::api
