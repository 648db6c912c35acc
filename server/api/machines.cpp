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

/// Whether it is time again, which counts as done then.
bool is_due(std::optional<base::wall_time>& last, std::chrono::minutes after, base::wall_time now) {
    if (last && *last <= now && now - *last < after) {
        return false;
    }
    last = now;
    return true;
}

} // namespace

std::optional<seconds> read_interval(std::string_view header) {
    auto const number = base::number_in<std::int64_t>(header);
    bool const sensible = number && *number >= 1 && *number <= longest_interval;
    return sensible ? std::optional(seconds(*number)) : std::nullopt;
}

machines::history& machines::history_of(std::string_view server_id) {
    auto known = servers_.find(server_id);
    if (known == servers_.end()) {
        known = servers_.emplace(server_id, history{}).first;
    }
    return known->second;
}

machines::finding machines::found_again(history& all, std::size_t running, base::wall_time now) {
    return {.machines = running,
            .times = ++all.found,
            .say = is_due(all.said, said_again_after, now),
            .note = is_due(all.noted, noted_again_after, now)};
}

std::optional<machines::finding> machines::asked_too_early(std::string_view server_id,
                                                           base::wall_time now) {
    auto& all = history_of(server_id);
    std::erase_if(all.early, [&](auto when) { return now - when > short_time || when > now; });
    all.early.push_back(now);
    if (all.early.size() < too_often) {
        return std::nullopt;
    }
    all.early.pop_front();
    return found_again(all, 2, now);
}

std::optional<machines::finding> machines::saw(std::string_view server_id, std::string_view boot,
                                               std::string_view interval, base::wall_time now) {
    auto id = base::lower(boot.substr(0, 64));
    if (!base::is_uuid(id)) {
        return std::nullopt;
    }
    auto& all = history_of(server_id);
    auto const lasts =
        std::max<seconds>(short_time, 4 * read_interval(interval).value_or(seconds(0)));
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
    return found_again(all, all.boots.size(), now);
}

} // namespace trafikito::server::api
