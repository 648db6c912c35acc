// By what the store knows people and programs again: sessions, devices, links, tokens.
#include "server/store/store.hpp"

#include "server/store/enrolment.hpp"
#include "server/store/store_room.hpp"
#include "server/store/store_time.hpp"
#include "server/store/stored_digest.hpp"
#include "server/store/stored_role.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::server::store {

namespace {

#define TRAFIKITO_API_TOKENS                                                                       \
    "SELECT digest, id, name, role, created_at, ends_at, used_at FROM api_tokens"
constexpr std::string_view every_api_token = TRAFIKITO_API_TOKENS " ORDER BY created_at, id";
constexpr std::string_view api_token_by_digest = TRAFIKITO_API_TOKENS " WHERE digest = ?";
#undef TRAFIKITO_API_TOKENS

api_token read_api_token(database::statement const& query) {
    api_token one;
    one.digest = digest_at(query, 0);
    one.id = query.bytes_at(1);
    one.name = query.bytes_at(2);
    one.role = role_at(query, 3);
    one.created = from_stored(query.number_at(4));
    one.ends = time_at(query, 5);
    one.used = time_at(query, 6);
    return one;
}

/// Of the person's, all but so many that come first in that order.
void keep_newest(database::connection& database, std::string_view sql, std::int64_t person,
                 std::size_t count) {
    database.prepare(sql).number(person).number(static_cast<std::int64_t>(count)).run();
}

} // namespace

base::wall_time end_of(session const& one) {
    return std::min(one.ends, one.seen + session_idle);
}

bool is_live(session const& one, base::wall_time now) {
    return now < end_of(one) && one.made <= now + clock_tolerance &&
           one.seen <= now + clock_tolerance;
}

bool is_live(api_token const& one, base::wall_time now) {
    return !one.ends || (now < *one.ends && one.created <= now + clock_tolerance);
}

void store::add_session(security::digest const& digest, std::int64_t person) {
    small_change([&] {
        auto const now = now_();
        database_
            .prepare("INSERT INTO sessions (digest, person_id, made_at, seen_at, ends_at) VALUES "
                     "(?, ?, ?, ?, ?)")
            .blob(as_bytes(digest))
            .number(person)
            .number(to_stored(now))
            .number(to_stored(now))
            .number(to_stored(now + session_life))
            .run();
        keep_newest(database_,
                    "DELETE FROM sessions WHERE digest IN (SELECT digest FROM sessions WHERE "
                    "person_id = ? ORDER BY made_at DESC, seen_at DESC, digest LIMIT 1000 OFFSET "
                    "?)",
                    person, max_sessions);
        return true;
    });
}

std::optional<session> store::find_session(security::digest const& digest) {
    auto query = database_.prepare(
        "SELECT digest, person_id, name, role, made_at, seen_at, ends_at FROM sessions JOIN people "
        "ON people.id = person_id WHERE digest = ?");
    query.blob(as_bytes(digest));
    if (!query.step()) {
        return std::nullopt;
    }
    session one;
    one.digest = digest_at(query, 0);
    one.person = query.number_at(1);
    one.name = query.bytes_at(2);
    one.role = role_at(query, 3);
    one.made = from_stored(query.number_at(4));
    one.seen = from_stored(query.number_at(5));
    one.ends = from_stored(query.number_at(6));
    return one;
}

bool store::session_seen(security::digest const& digest) {
    return small_change([&] {
        auto const now = now_();
        return database_
                   .prepare("UPDATE sessions SET seen_at = ?1 WHERE digest = ?2 AND (seen_at <= ?3 "
                            "OR seen_at > ?1)")
                   .number(to_stored(now))
                   .blob(as_bytes(digest))
                   .number(to_stored(now - use_written))
                   .run() != 0;
    });
}

bool store::end_session(security::digest const& digest) {
    return small_change([&] {
        return database_.prepare("DELETE FROM sessions WHERE digest = ?")
                   .blob(as_bytes(digest))
                   .run() != 0;
    });
}

std::int64_t store::end_sessions(std::int64_t person) {
    return small_change([&] {
        return database_.prepare("DELETE FROM sessions WHERE person_id = ?").number(person).run();
    });
}

void store::add_device(security::digest const& digest, std::int64_t person) {
    small_change([&] {
        auto const ends = to_stored(now_() + device_life);
        database_
            .prepare("INSERT INTO devices (digest, person_id, ends_at) VALUES (?, ?, ?) "
                     "ON CONFLICT (digest) DO UPDATE SET person_id = excluded.person_id, ends_at = "
                     "excluded.ends_at")
            .blob(as_bytes(digest))
            .number(person)
            .number(ends)
            .run();
        keep_newest(database_,
                    "DELETE FROM devices WHERE digest IN (SELECT digest FROM devices WHERE "
                    "person_id = ? ORDER BY ends_at DESC, digest LIMIT 1000 OFFSET ?)",
                    person, max_devices);
        return true;
    });
}

bool store::knows_device(security::digest const& digest, std::int64_t person) {
    auto query = database_.prepare(
        "SELECT 1 FROM devices WHERE digest = ? AND person_id = ? AND ends_at > ?");
    query.blob(as_bytes(digest)).number(person).number(to_stored(now_()));
    return query.step();
}

void store::add_link(security::digest const& digest, std::int64_t person, bool enters) {
    small_change([&] {
        auto const life =
            enters ? std::chrono::seconds(entering_link_life) : std::chrono::seconds(link_life);
        database_
            .prepare("INSERT INTO links (digest, person_id, enters, ends_at) VALUES (?, ?, ?, ?)")
            .blob(as_bytes(digest))
            .number(person)
            .number(enters ? 1 : 0)
            .number(to_stored(now_() + life))
            .run();
        keep_newest(database_,
                    "DELETE FROM links WHERE digest IN (SELECT digest FROM links WHERE person_id = "
                    "? ORDER BY ends_at DESC, digest LIMIT 1000 OFFSET ?)",
                    person, max_links);
        return true;
    });
}

std::optional<link> store::find_link(security::digest const& digest) {
    auto query = database_.prepare("SELECT digest, person_id, name, role, enters, ends_at FROM "
                                   "links JOIN people ON people.id = person_id WHERE digest = ?");
    query.blob(as_bytes(digest));
    if (!query.step()) {
        return std::nullopt;
    }
    link one;
    one.digest = digest_at(query, 0);
    one.person = query.number_at(1);
    one.name = query.bytes_at(2);
    one.role = role_at(query, 3);
    one.enters = query.number_at(4) != 0;
    one.ends = from_stored(query.number_at(5));
    auto const now = now_();
    auto const life =
        one.enters ? std::chrono::seconds(entering_link_life) : std::chrono::seconds(link_life);
    bool const valid = now < one.ends && one.ends - life <= now + clock_tolerance;
    return valid ? std::optional(std::move(one)) : std::nullopt;
}

std::optional<link> store::take_link(security::digest const& digest) {
    return small_change([&] {
        auto found = find_link(digest);
        auto const gone =
            database_.prepare("DELETE FROM links WHERE digest = ?").blob(as_bytes(digest)).run();
        return gone != 0 ? std::move(found) : std::nullopt;
    });
}

bool store::add_api_token(api_token const& token) {
    return small_change([&] {
        {
            auto count = database_.prepare("SELECT count(*) FROM api_tokens");
            if (count.step() && count.number_at(0) >= static_cast<std::int64_t>(max_api_tokens)) {
                throw store_too_many("there are " + std::to_string(max_api_tokens) +
                                     " tokens, which is as many as there can be");
            }
        }
        auto insert =
            database_.prepare("INSERT INTO api_tokens (digest, id, name, role, created_at, "
                              "ends_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
        insert.blob(as_bytes(token.digest))
            .text(token.id)
            .text(token.name)
            .number(stored_role(token.role))
            .number(to_stored(token.created));
        token.ends ? insert.number(to_stored(*token.ends)) : insert.null();
        return insert.run() != 0;
    });
}

std::vector<api_token> store::api_tokens() {
    std::vector<api_token> all;
    auto query = database_.prepare(every_api_token);
    while (query.step()) {
        all.push_back(read_api_token(query));
    }
    return all;
}

std::optional<api_token> store::find_api_token(security::digest const& digest) {
    auto query = database_.prepare(api_token_by_digest);
    query.blob(as_bytes(digest));
    return query.step() ? std::optional(read_api_token(query)) : std::nullopt;
}

bool store::api_token_used(security::digest const& digest) {
    return small_change([&] {
        auto const now = now_();
        return database_
                   .prepare("UPDATE api_tokens SET used_at = ?1 WHERE digest = ?2 AND (used_at IS "
                            "NULL OR used_at <= ?3 OR used_at > ?1)")
                   .number(to_stored(now))
                   .blob(as_bytes(digest))
                   .number(to_stored(now - use_written))
                   .run() != 0;
    });
}

bool store::revoke_api_token(std::string_view id) {
    return small_change([&] {
        return database_.prepare("DELETE FROM api_tokens WHERE id = ?").text(id).run() != 0;
    });
}

std::int64_t store::forget_ended_sessions() {
    retention_now();
    if (!kept_house_ || clock_->remembered().doubted) {
        return 0; // they end by the clock that is there; that they go can wait
    }
    return small_change([&] {
        auto const now = now_();
        std::int64_t gone = 0;
        gone += database_.prepare("DELETE FROM sessions WHERE ends_at < ? OR seen_at < ?")
                    .number(to_stored(now))
                    .number(to_stored(now - session_idle))
                    .run();
        gone +=
            database_.prepare("DELETE FROM devices WHERE ends_at < ?").number(to_stored(now)).run();
        gone +=
            database_.prepare("DELETE FROM links WHERE ends_at < ?").number(to_stored(now)).run();
        gone += database_.prepare("DELETE FROM api_tokens WHERE ends_at < ?")
                    .number(to_stored(now - token_memory))
                    .run();
        return gone;
    });
}

} // namespace trafikito::server::store
