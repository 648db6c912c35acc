#include "server/store/series_batch.hpp"

#include "server/store/value_rows.hpp"
#include "server/values/series_codec.hpp"

#include <algorithm>
#include <set>

namespace trafikito::server::store {

void series_batch::add(std::string_view server_id, std::int64_t created_at, std::int64_t data_at,
                       std::vector<values::taken_value> const& all) {
    if (all.empty()) {
        return;
    }
    auto& one = reports_.emplace_back();
    one.server_id = server_id;
    one.created_at = created_at;
    one.data_at = data_at;
    one.values = &all;
    one.keys.reserve(all.size());
    for (auto const& value : all) {
        one.keys.push_back(series_cache::key::of(value));
    }
}

void series_batch::write(std::int64_t kept_since) {
    read_servers();
    make_series();
    write_rows(kept_since);
}

void series_batch::read_servers() {
    struct question {
        server* of;
        database::statement answer;
    };
    std::vector<question> asked;
    for (auto const& one : reports_) {
        auto const [at, is_new] = servers_.try_emplace(one.server_id);
        if (!is_new) {
            continue;
        }
        at->second.created_at = one.created_at;
        if (auto const* const known = cache_.find(one.server_id, one.created_at)) {
            at->second.series = *known;
            continue;
        }
        at->second.changed = true;
        asked.push_back(
            {&at->second, database_.prepare("SELECT id, command, name, instance, unit, chart FROM "
                                            "series WHERE server_id = ?")});
        asked.back().answer.text(one.server_id).send();
    }
    for (auto& [of, answer] : asked) {
        while (answer.step()) {
            of->series.note({.what = series_cache::key::of(answer.bytes_at(1), answer.bytes_at(2),
                                                           answer.bytes_at(3), answer.bytes_at(4),
                                                           answer.bytes_at(5)),
                             .id = answer.number_at(0)});
        }
    }
}

/// Values whose series is not there yet, or is drawn in another way from now on: each once.
std::vector<std::pair<series_batch::report*, std::size_t>> series_batch::without_series() {
    std::vector<std::pair<report*, std::size_t>> all;
    std::set<std::pair<std::string_view, std::uint64_t>> asked;
    std::map<std::string_view, std::size_t> more;
    for (auto& one : reports_) {
        auto const& known = servers_[one.server_id].series;
        for (std::size_t at = 0; at < one.values->size(); ++at) {
            auto const& key = one.keys[at];
            auto const* const found = known.find(key.name);
            bool const is_right = found != nullptr && found->what.drawn == key.drawn;
            if (is_right || !asked.emplace(one.server_id, key.name).second) {
                continue;
            }
            if (found != nullptr || known.size() + more[one.server_id] < max_series) {
                more[one.server_id] += found == nullptr ? 1 : 0;
                all.emplace_back(&one, at);
            }
        }
    }
    return all;
}

void series_batch::make_series() {
    auto const wanted = without_series();
    std::vector<database::statement> made;
    made.reserve(wanted.size());
    for (auto const& [of, at] : wanted) {
        auto const& value = (*of->values)[at];
        made.push_back(database_.prepare(
            "INSERT INTO series (server_id, command, name, instance, unit, chart) VALUES (?, ?, ?, "
            "?, ?, ?) ON CONFLICT (server_id, command, name, instance) DO UPDATE SET unit = "
            "excluded.unit, chart = excluded.chart RETURNING id"));
        made.back().text(of->server_id).text(value.command).text(value.name);
        made.back().text(value.instance).text(value.unit).text(value.chart).send();
    }
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        auto const& [of, value] = wanted[at];
        if (made[at].step()) {
            auto& known = servers_[of->server_id];
            known.changed = true;
            known.series.note({.what = of->keys[value], .id = made[at].number_at(0)});
        }
        made[at].run(); // to its end: only then it is done
    }
}

void series_batch::write_rows(std::int64_t kept_since) {
    for (auto& one : reports_) {
        auto const& known = servers_[one.server_id].series;
        std::vector<values::series_value> all;
        all.reserve(one.values->size());
        for (std::size_t at = 0; at < one.keys.size(); ++at) {
            if (auto const* const found = known.find(one.keys[at].name)) {
                all.push_back({.series = found->id, .value = (*one.values)[at].value});
            }
        }
        if (all.empty()) {
            continue;
        }
        std::ranges::sort(all, {}, &values::series_value::series);
        one.body = values::write_fresh(all);
        database_
            .prepare("INSERT INTO fresh_values (server_id, data_at, kept_since, body) VALUES (?, "
                     "?, ?, ?)")
            .text(one.server_id)
            .number(one.data_at)
            .number(kept_since)
            .blob(one.body)
            .send();
    }
}

void series_batch::stands() {
    for (auto& [id, of] : servers_) {
        if (of.changed) {
            cache_.begin(id, of.created_at) = std::move(of.series);
        }
    }
}

} // namespace trafikito::server::store
