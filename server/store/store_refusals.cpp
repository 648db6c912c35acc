// The store's refusals: counted in, bounded, read. See refusal.hpp.
#include "server/store/store.hpp"

#include "server/store/store_room.hpp"
#include "server/store/store_time.hpp"

#include <utility>

namespace trafikito::server::store {

namespace {

#define TRAFIKITO_REFUSALS                                                                         \
    "SELECT about, name, kind, times, first_at, last_at, address, words FROM refusals WHERE "      \
    "about = ?"
constexpr std::string_view all_about = TRAFIKITO_REFUSALS " ORDER BY last_at DESC, name, kind";
constexpr std::string_view about_one =
    TRAFIKITO_REFUSALS " AND name = ? ORDER BY last_at DESC, kind";
#undef TRAFIKITO_REFUSALS

std::int64_t number_of(refusal::whose about) {
    return static_cast<std::int64_t>(about);
}

refusal read_refusal(database::statement const& query) {
    refusal one;
    one.about = static_cast<refusal::whose>(query.number_at(0));
    one.name = query.bytes_at(1);
    one.kind = query.bytes_at(2);
    one.times = query.number_at(3);
    one.first = from_stored(query.number_at(4));
    one.last = from_stored(query.number_at(5));
    one.address = query.bytes_at(6);
    one.words = query.bytes_at(7);
    return one;
}

bool is_there(database::connection& database, std::string_view server_id) {
    auto query = database.prepare("SELECT 1 FROM servers WHERE id = ?");
    query.text(server_id);
    return query.step();
}

/// What was mended and happens again is counted anew: `since` is when it began this time.
void forget_what_was_mended(database::connection& database, refusal const& one) {
    if (one.about != refusal::whose::server) {
        return;
    }
    constexpr auto pause =
        std::chrono::duration_cast<std::chrono::milliseconds>(refusal_episode).count();
    database
        .prepare(
            "DELETE FROM refusals WHERE about = 0 AND name = ?1 AND kind = ?2 AND last_at < ?3 "
            "AND last_at < (SELECT last_report_at FROM servers WHERE id = ?1)")
        .text(one.name)
        .text(one.kind)
        .number(to_stored(one.first) - pause)
        .run();
}

// A clock that was set back counts from its new time.
void count_in(database::connection& database, refusal const& one) {
    forget_what_was_mended(database, one);
    database
        .prepare(
            "INSERT INTO refusals (about, name, kind, times, first_at, last_at, address, words) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (about, name, kind) DO UPDATE SET "
            "times = refusals.times + excluded.times, first_at = CASE WHEN excluded.first_at < "
            "refusals.first_at THEN excluded.first_at ELSE refusals.first_at END, "
            "last_at = excluded.last_at, address = excluded.address, words = excluded.words")
        .number(number_of(one.about))
        .text(one.name)
        .text(one.kind)
        .number(one.times)
        .number(to_stored(one.first))
        .number(to_stored(one.last))
        .text(one.address)
        .text(one.words)
        .run();
}

void forget_most(database::connection& database, std::int64_t now) {
    constexpr auto memory =
        std::chrono::duration_cast<std::chrono::milliseconds>(refusal_memory).count();
    database.prepare("DELETE FROM refusals WHERE last_at < ?").number(now - memory).run();
    // Those of one address do not push out those of others.
    database
        .prepare(
            "DELETE FROM refusals WHERE about = 1 AND (name, kind) IN (SELECT name, kind FROM "
            "(SELECT name, kind, row_number() OVER (PARTITION BY address ORDER BY last_at DESC, "
            "name) AS place FROM refusals WHERE about = 1) AS placed WHERE place > "
            "?)")
        .number(static_cast<std::int64_t>(max_strangers_of_address))
        .run();
    for (auto const& [about, most] : {std::pair(refusal::whose::stranger, max_strangers),
                                      std::pair(refusal::whose::address, max_refused_addresses)}) {
        database
            .prepare("DELETE FROM refusals WHERE about = ?1 AND (name, kind) NOT IN (SELECT name, "
                     "kind FROM refusals WHERE about = ?1 ORDER BY last_at DESC, name LIMIT ?2)")
            .number(number_of(about))
            .number(static_cast<std::int64_t>(most))
            .run();
    }
}

} // namespace

void store::note_refusals(std::vector<refusal> const& all) {
    small_change([&] {
        for (auto const& one : all) {
            if (one.about != refusal::whose::server || is_there(database_, one.name)) {
                count_in(database_, one);
            }
        }
        forget_most(database_, to_stored(now_()));
        return true;
    });
}

std::vector<refusal> store::refusals(refusal::whose about, std::string_view name) {
    std::vector<refusal> all;
    auto query = database_.prepare(about_one);
    query.number(number_of(about)).text(name);
    while (query.step()) {
        all.push_back(read_refusal(query));
    }
    return all;
}

std::vector<refusal> store::refusals(refusal::whose about) {
    std::vector<refusal> all;
    auto query = database_.prepare(all_about);
    query.number(number_of(about));
    while (query.step()) {
        all.push_back(read_refusal(query));
    }
    return all;
}

} // namespace trafikito::server::store
