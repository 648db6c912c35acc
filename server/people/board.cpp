#include "server/people/board.hpp"

#include "base/printable.hpp"
#include "server/api/lateness.hpp"
#include "server/people/json_values.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace trafikito::server::people {

namespace {

namespace json = boost::json;

// What is read in one look, so that others are asked in between.
constexpr std::size_t values_at_once = 4096;
constexpr std::int64_t complaints_at_once = 1000;

store::server_row of_removed(store::removed_row const& removed) {
    store::server_row row;
    row.id = removed.id;
    row.name = removed.name;
    return row;
}

bool shows_the_same(store::server_row const& one, store::server_row const& other) {
    return one.name == other.name && one.tags == other.tags && one.os == other.os &&
           one.agent == other.agent && one.last_address == other.last_address &&
           one.interval == other.interval && one.last_data == other.last_data &&
           one.last_report == other.last_report;
}

std::string report_json(store::server_row const& row, bool late) {
    return to_text(json::object{{"machine", row.id},
                                {"at", time_value(late ? row.last_report : row.last_data)},
                                {"late", late}});
}

json::value number_or_null(std::optional<double> const& number) {
    return number ? json::value(*number) : json::value(nullptr);
}

std::string os_of(store::os_facts const& facts) {
    return facts.os.empty() || facts.release.empty() ? facts.os : facts.os + " " + facts.release;
}

json::object to_json(board::entry const& one) {
    auto const& row = one.row;
    auto const disk = one.values.fullest_disk();
    json::array tags;
    for (auto const& each : row.tags) {
        tags.emplace_back(each);
    }
    return {{"id", row.id},
            {"name", row.name},
            {"state", word_of(one.stands.state)},
            {"since_at", time_value(one.stands.since)},
            {"problem",
             one.stands.problem.empty() ? json::value(nullptr) : json::value(one.stands.problem)},
            {"last_at", time_value(row.last_data)},
            {"interval_seconds", row.interval.value_or(std::chrono::seconds(60)).count()},
            {"load", number_or_null(one.values.newest("load_1"))},
            {"cpu_count", number_or_null(one.values.newest("cpu_count"))},
            {"memory", number_or_null(one.values.newest("memory_used"))},
            {"disk", disk ? json::value(disk->used) : json::value(nullptr)},
            {"disk_name", disk ? json::value(disk->name) : json::value(nullptr)},
            {"tags", std::move(tags)},
            {"agent", row.agent},
            {"address", row.last_address},
            {"os", os_of(row.os)}};
}

json::object with_hour(board::entry const& one, base::wall_time now) {
    auto object = to_json(one);
    object["hour"] = one.values.hour(to_milliseconds(now));
    return object;
}

} // namespace

std::string_view word_of(machine_state state) {
    switch (state) {
    case machine_state::reporting:
        return "reporting";
    case machine_state::late:
        return "late";
    case machine_state::never:
        return "never";
    case machine_state::stopped:
        return "stopped";
    case machine_state::problem:
        break;
    }
    return "problem";
}

standing standing_of(store::server_row const& row, std::optional<complaint> const& last,
                     base::wall_time now) {
    standing found;
    if (!row.last_report) {
        return found;
    }
    if (api::is_recent(row.several_machines, now)) {
        found.problem = "More than one machine reports as this one: one is a copy of the other.";
        found.since = row.several_machines;
    } else if (api::is_recent(row.quota_reached, now)) {
        found.problem = "It sends more than is kept of one machine: its oldest reports give way.";
        found.since = row.quota_reached;
    } else if (last && api::is_recent(last->at, now)) {
        found.problem = last->words;
        found.since = last->at;
    }
    found.state = found.problem.empty() ? machine_state::reporting : machine_state::problem;
    if (api::is_late(row, now)) {
        found.state = machine_state::late;
        found.since = row.last_data;
    }
    return found;
}

board::news board::look(store::store& kept, base::wall_time now) {
    news found;
    auto const version = kept.data_version();
    if (version != version_) {
        read_machines(kept, now, found);
        read_values(kept, found);
        version_ = found.more ? std::nullopt : std::optional(version);
    }
    forget_stopped(now, found);
    for (auto& [id, one] : all_) {
        if (one.stands.state != machine_state::stopped) {
            auto stands = standing_of(one.row, one.complained, now);
            one.changed_ |= stands != one.stands;
            one.stands = std::move(stands);
        }
        if (std::exchange(one.changed_, false) && !first_) {
            found.changed.push_back(to_text(to_json(one)));
        }
    }
    now_ = now;
    first_ = first_ && found.more;
    return found;
}

void board::forget_stopped(base::wall_time now, news& found) {
    std::erase_if(all_, [&](auto const& each) {
        auto const& stands = each.second.stands;
        bool const over = stands.state == machine_state::stopped &&
                          now - stands.since.value_or(now) >= stopped_shown;
        if (over) {
            found.removed.push_back(each.first);
        }
        return over;
    });
}

void board::read_machines(store::store& kept, base::wall_time now, news& found) {
    for (auto& [id, one] : all_) {
        one.seen_ = false;
    }
    for (auto& row : kept.servers()) {
        put(std::move(row), {}, found);
    }
    for (auto const& removed : kept.removed_servers()) {
        if (now - removed.removed < stopped_shown) {
            put(of_removed(removed), {machine_state::stopped, removed.removed, {}}, found);
        }
    }
    std::erase_if(all_, [&](auto const& each) {
        if (!each.second.seen_ && !first_) {
            found.removed.push_back(each.first);
        }
        return !each.second.seen_;
    });
    for (auto const& each : kept.recent_feedback(now - api::lasting, complaints_at_once)) {
        if (auto const one = all_.find(each.server_id); one != all_.end()) {
            one->second.complained =
                complaint{each.received, "Its agent says: " + base::for_line(each.message, 300) +
                                             " (" + base::for_line(each.code) + ")"};
        }
    }
}

// The list of commands is large, and not for here.
void board::put(store::server_row&& row, standing const& stands, news& found) {
    row.available.clear();
    row.available.shrink_to_fit();
    row.key = {};
    auto const [place, is_new] = all_.try_emplace(row.id);
    auto& one = place->second;
    one.seen_ = true;
    if (row.last_report != one.row.last_report && row.last_report && !first_) {
        found.reports.push_back(report_json(row, !is_new && row.last_data == one.row.last_data));
    }
    one.changed_ |= is_new || !shows_the_same(row, one.row) || stands.state != one.stands.state;
    one.row = std::move(row);
    if (stands.state == machine_state::stopped) {
        one.stands = stands;
        one.values = {};
    } else if (one.stands.state == machine_state::stopped) {
        one.stands = {};
    }
}

void board::read_values(store::store& kept, news& found) {
    auto const rows = kept.values_after(last_values_, values_at_once);
    found.more = rows.size() == values_at_once;
    std::set<std::string_view> learnt;
    for (auto const& row : rows) {
        last_values_ = row.id;
        auto const place = all_.find(row.server_id);
        if (place == all_.end()) {
            continue;
        }
        auto& one = place->second;
        bool const unknown = std::ranges::any_of(
            row.values, [&](auto const& each) { return !one.values.knows(each.series); });
        if (unknown && learnt.insert(place->first).second) {
            for (auto& each : kept.series(row.server_id)) {
                one.values.learn(each.id,
                                 labels_.find({std::move(each.command), std::move(each.name),
                                               std::move(each.instance), std::move(each.unit)}));
            }
        }
        for (auto const& each : row.values) {
            one.values.take(each.series, each.value, to_milliseconds(row.at));
        }
        one.changed_ = true;
    }
}

boost::json::array board::machines() const {
    std::vector<entry const*> by_name;
    by_name.reserve(all_.size());
    for (auto const& [id, one] : all_) {
        by_name.push_back(&one);
    }
    std::ranges::sort(by_name, {},
                      [](auto const* one) { return std::tie(one->row.name, one->row.id); });
    json::array list;
    list.reserve(by_name.size());
    for (auto const* const one : by_name) {
        list.push_back(with_hour(*one, now_));
    }
    return list;
}

std::optional<json::object> board::machine(std::string_view id) const {
    auto const one = all_.find(id);
    return one == all_.end() ? std::nullopt : std::optional(with_hour(one->second, now_));
}

} // namespace trafikito::server::people
