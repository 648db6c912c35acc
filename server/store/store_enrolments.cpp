// The store's enrolment tokens, and the servers that are made with them.
#include "server/store/store.hpp"

#include "server/store/store_room.hpp"
#include "server/store/store_time.hpp"
#include "server/store/stored_digest.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::server::store {

namespace {

#define TRAFIKITO_TOKENS                                                                           \
    "SELECT digest, created_at, ends_at, machines, server_name, revoked_at, "                      \
    "(SELECT count(*) FROM enrolments WHERE token_digest = digest AND counted_at IS NOT NULL), "   \
    "(SELECT count(*) FROM enrolments WHERE token_digest = digest AND counted_at IS NULL) "        \
    "FROM enrolment_tokens"
constexpr std::string_view all_tokens = TRAFIKITO_TOKENS " ORDER BY created_at, digest";
constexpr std::string_view token_by_digest = TRAFIKITO_TOKENS " WHERE digest = ?";
#undef TRAFIKITO_TOKENS

enrolment_token read_token(database::statement const& query) {
    enrolment_token token;
    token.digest = digest_at(query, 0);
    token.created = from_stored(query.number_at(1));
    token.ends = from_stored(query.number_at(2));
    token.machines = query.number_at(3);
    if (!query.null_at(4)) {
        token.server_name = query.bytes_at(4);
    }
    token.revoked = time_at(query, 5);
    token.counted = query.number_at(6);
    token.pending = query.number_at(7);
    return token;
}

/// `made` when it is valid.
enrolment_outcome outcome_of(enrolment_token const& token, base::wall_time now) {
    switch (state_of(token, now)) {
    case token_state::expired:
        return enrolment_outcome::expired;
    case token_state::not_yet:
        return enrolment_outcome::not_yet;
    case token_state::used_up:
        return enrolment_outcome::used_up;
    case token_state::revoked:
        return enrolment_outcome::revoked;
    case token_state::valid:
        break;
    }
    return enrolment_outcome::made;
}

/// The server that the same installer was given before, if it has not reported since.
std::optional<std::string> made_before(database::connection& database,
                                       enrolment_request const& wanted) {
    if (!wanted.nonce) {
        return std::nullopt;
    }
    auto query = database.prepare("SELECT server_id FROM enrolments WHERE token_digest = ? AND "
                                  "nonce_digest = ? AND counted_at IS NULL");
    query.blob(as_bytes(wanted.token)).blob(as_bytes(*wanted.nonce));
    return query.step() ? std::optional(query.bytes_at(0)) : std::nullopt;
}

/// Those of the token that have not reported go, and their agents are told to stop. They have sent
/// no report, so that is little work.
std::int64_t remove_pending(database::connection& database, security::digest const& token,
                            std::int64_t now) {
    database
        .prepare("INSERT INTO removed_servers (id, name, key_digest, removed_at) "
                 "SELECT id, name, key_digest, ? FROM servers WHERE id IN (SELECT server_id FROM "
                 "enrolments WHERE token_digest = ? AND counted_at IS NULL) "
                 "ON CONFLICT DO NOTHING")
        .number(now)
        .blob(as_bytes(token))
        .run();
    auto const removed =
        database
            .prepare("DELETE FROM servers WHERE id IN (SELECT server_id FROM enrolments WHERE "
                     "token_digest = ? AND counted_at IS NULL)")
            .blob(as_bytes(token))
            .run();
    database.prepare("DELETE FROM enrolments WHERE token_digest = ? AND counted_at IS NULL")
        .blob(as_bytes(token))
        .run();
    return removed;
}

} // namespace

token_state state_of(enrolment_token const& token, base::wall_time now) {
    if (token.revoked) {
        return token_state::revoked;
    }
    if (token.counted >= token.machines) {
        return token_state::used_up;
    }
    if (now >= token.ends) {
        return token_state::expired;
    }
    return now + clock_tolerance < token.created ? token_state::not_yet : token_state::valid;
}

void store::add_token(enrolment_token const& token) {
    small_change([&] {
        auto insert = database_.prepare("INSERT INTO enrolment_tokens (digest, created_at, "
                                        "ends_at, machines, server_name) VALUES (?, ?, ?, ?, ?)");
        insert.blob(as_bytes(token.digest))
            .number(to_stored(token.created))
            .number(to_stored(token.ends))
            .number(token.machines);
        token.server_name ? insert.text(*token.server_name) : insert.null();
        insert.run();
        return true;
    });
}

std::vector<enrolment_token> store::tokens() {
    std::vector<enrolment_token> all;
    auto query = database_.prepare(all_tokens);
    while (query.step()) {
        all.push_back(read_token(query));
    }
    return all;
}

std::optional<enrolment_token> store::find_token(security::digest const& digest) {
    auto query = database_.prepare(token_by_digest);
    query.blob(as_bytes(digest));
    return query.step() ? std::optional(read_token(query)) : std::nullopt;
}

std::vector<security::digest> store::token_digests() {
    std::vector<security::digest> all;
    auto query = database_.prepare("SELECT digest FROM enrolment_tokens");
    while (query.step()) {
        all.push_back(digest_at(query, 0));
    }
    return all;
}

std::vector<enrolled_server> store::enrolled_by(security::digest const& token) {
    std::vector<enrolled_server> all;
    auto query =
        database_.prepare("SELECT id, name, counted_at FROM enrolments JOIN servers ON "
                          "servers.id = server_id WHERE token_digest = ? ORDER BY made_at, "
                          "id LIMIT 1000");
    query.blob(as_bytes(token));
    while (query.step()) {
        all.push_back({query.bytes_at(0), query.bytes_at(1), time_at(query, 2)});
    }
    return all;
}

std::optional<std::int64_t> store::revoke_token(security::digest const& digest) {
    return small_change([&]() -> std::optional<std::int64_t> {
        auto const now = to_stored(now_());
        auto const found =
            database_
                .prepare("UPDATE enrolment_tokens SET revoked_at = coalesce(revoked_at, ?) "
                         "WHERE digest = ?")
                .number(now)
                .blob(as_bytes(digest))
                .run();
        if (found == 0) {
            return std::nullopt;
        }
        return remove_pending(database_, digest, now);
    });
}

void store::forget_token(security::digest const& digest) {
    small_change([&] {
        remove_pending(database_, digest, to_stored(now_()));
        database_.prepare("DELETE FROM enrolment_tokens WHERE digest = ?")
            .blob(as_bytes(digest))
            .run();
        return true;
    });
}

store::enrolled store::enrol(enrolment_request const& wanted) {
    return small_change([&]() -> enrolled {
        auto const token = find_token(wanted.token);
        if (!token) {
            return {enrolment_outcome::unknown, {}};
        }
        if (auto const refused = outcome_of(*token, now_()); refused != enrolment_outcome::made) {
            return {refused, {}};
        }
        auto const now = to_stored(now_());
        auto const& name = token->server_name ? *token->server_name : wanted.name;
        if (auto const before = made_before(database_, wanted)) {
            database_.prepare("UPDATE servers SET key_digest = ?, name = ? WHERE id = ?")
                .blob(as_bytes(wanted.key))
                .text(name)
                .text(*before)
                .run();
            database_.prepare("UPDATE enrolments SET made_at = ? WHERE server_id = ?")
                .number(now)
                .text(*before)
                .run();
            return {enrolment_outcome::again, find_server(*before)};
        }
        if (token->pending >= token->machines + spare_enrolments) {
            return {enrolment_outcome::too_many, {}};
        }
        if (!add_server(wanted.id, name, wanted.key)) {
            throw store_error("a new server has an id or a key that another one has");
        }
        auto insert = database_.prepare("INSERT INTO enrolments (server_id, token_digest, "
                                        "nonce_digest, made_at) VALUES (?, ?, ?, ?)");
        insert.text(wanted.id).blob(as_bytes(wanted.token));
        wanted.nonce ? insert.blob(as_bytes(*wanted.nonce)) : insert.null();
        insert.number(now).run();
        return {enrolment_outcome::made, find_server(wanted.id)};
    });
}

enrolment_outcome store::may_send_commands(security::digest const& digest, std::string_view id) {
    auto const token = find_token(digest);
    if (!token) {
        return enrolment_outcome::unknown;
    }
    auto const state = outcome_of(*token, now_());
    auto query = database_.prepare("SELECT made_at FROM enrolments WHERE server_id = ? AND "
                                   "token_digest = ? AND counted_at IS NULL");
    query.text(id).blob(as_bytes(digest));
    if (!query.step()) {
        return state == enrolment_outcome::made ? enrolment_outcome::other_server : state;
    }
    auto const age = now_() - from_stored(query.number_at(0));
    bool const just_made = age <= commands_grace && age >= -clock_tolerance;
    return state == enrolment_outcome::expired && just_made ? enrolment_outcome::made : state;
}

// Within the transaction of its report: of two machines that report at once, and one that may, the
// second finds that it was removed.
std::int64_t store::count_enrolment(std::string_view id, std::int64_t now) {
    security::digest token{};
    {
        auto pending = database_.prepare("SELECT token_digest FROM enrolments "
                                         "WHERE server_id = ? AND counted_at IS NULL");
        pending.text(id);
        if (!pending.step()) {
            return 0;
        }
        token = digest_at(pending, 0);
    }
    // Its nonce has served: who shows it again is a machine that begins anew.
    database_
        .prepare("UPDATE enrolments SET counted_at = ?, nonce_digest = NULL WHERE server_id = ?")
        .number(now)
        .text(id)
        .run();
    auto const found = find_token(token);
    return found && found->counted >= found->machines ? remove_pending(database_, token, now) : 0;
}

std::int64_t store::forget_ended_tokens() {
    retention_now();
    if (!kept_house_ || clock_->remembered().doubted) {
        return 0; // a clock that may be wrong ends no machine's wait
    }
    auto const now = now_();
    return small_change([&] {
        std::vector<security::digest> ended;
        {
            auto query = database_.prepare(
                "SELECT digest FROM enrolment_tokens WHERE ends_at < ? AND digest IN "
                "(SELECT token_digest FROM enrolments WHERE counted_at IS NULL)");
            query.number(to_stored(now - pending_grace));
            while (query.step()) {
                ended.push_back(digest_at(query, 0));
            }
        }
        std::int64_t removed = 0;
        for (auto const& token : ended) {
            removed += remove_pending(database_, token, to_stored(now_()));
        }
        database_.prepare("DELETE FROM enrolment_tokens WHERE ends_at < ?1 OR revoked_at < ?1")
            .number(to_stored(now - token_memory))
            .run();
        return removed;
    });
}

} // namespace trafikito::server::store
