// The store's orders: when each server was given its last, and the tokens of v1's.
#include "server/store/store.hpp"

#include "server/store/store_time.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace trafikito::server::store {

namespace {

/// Tokens of orders that are kept of one server; at one a minute a week's.
constexpr std::int64_t max_calls = 10'080;

} // namespace

std::vector<bool> store::orders_given(std::vector<noted_order> const& all) {
    auto const kept_since = to_stored(retention_now());
    auto const now = to_stored(now_());
    database::transaction change(database_, database::holding::shared);
    // By their ids, as reports hold them.
    std::vector<std::size_t> order(all.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](auto one, auto other) {
        return std::tie(all[one].server_id, one) < std::tie(all[other].server_id, other);
    });
    std::vector<database::statement> noted;
    noted.reserve(all.size());
    for (auto const at : order) {
        auto const& each = all[at];
        auto const& from = each.given->from;
        auto& note = noted.emplace_back(database_.prepare(
            "UPDATE servers SET last_order_at = ?1, last_address = ?2, agent = ?3, "
            "report_interval = ?4 WHERE id = ?5 AND (last_order_at IS NULL OR last_order_at > ?1 "
            "OR last_order_at <= ?6)"));
        note.number(now).text(from.address).text(from.agent);
        from.interval ? note.number(from.interval->count()) : note.null();
        note.text(each.server_id).number(now - each.pause.count()).send();
    }
    std::vector<bool> given(all.size());
    for (std::size_t at = 0; at < all.size(); ++at) {
        given[order[at]] = noted[at].run() == 1;
    }
    deletions gone;
    for (auto const at : order) {
        if (given[at]) {
            gone.calls += note_order(all[at].server_id, *all[at].given, kept_since);
        }
    }
    change.commit();
    count(gone);
    return given;
}

std::int64_t store::note_order(std::string_view id, given_order const& given,
                               std::int64_t kept_since) {
    if (given.facts) {
        database_
            .prepare("UPDATE servers SET os = ?1, os_codename = ?2, os_release = ?3, "
                     "centos_flavor = ?4 WHERE id = ?5 AND (os <> ?1 OR os_codename <> ?2 OR "
                     "os_release <> ?3 OR centos_flavor <> ?4)")
            .text(given.facts->os)
            .text(given.facts->codename)
            .text(given.facts->release)
            .text(given.facts->centos_flavor)
            .text(id)
            .send();
    }
    if (given.token.empty()) {
        return 0;
    }
    database_.prepare("INSERT INTO calls (token, server_id, given_at) VALUES (?, ?, ?)")
        .text(given.token)
        .text(id)
        .number(kept_since)
        .send();
    // A machine that asks for orders without end has none of its tokens known for long.
    return database_
        .prepare("DELETE FROM calls WHERE server_id = ?1 AND id <= (SELECT id FROM "
                 "calls WHERE server_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)")
        .text(id)
        .number(max_calls)
        .run();
}

void store::order_given(std::string_view id, given_order const& given) {
    orders_given({{.server_id = id, .given = &given}});
}

bool store::knows_call(std::string_view id, std::string_view token) {
    auto query = database_.prepare("SELECT 1 FROM calls WHERE token = ? AND server_id = ?");
    query.text(token).text(id);
    return query.step();
}

} // namespace trafikito::server::store
