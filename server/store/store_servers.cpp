// The store's servers as an administrator changes them while another process serves: removed,
// renamed, with a new key.
#include "server/store/store.hpp"

#include "server/store/store_room.hpp"
#include "server/store/store_time.hpp"
#include "server/store/stored_digest.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace trafikito::server::store {

namespace {

// What is deleted in one transaction, during which nobody else can write: moments of work.
constexpr std::int64_t bite_bytes = 4L * 1024 * 1024;
constexpr std::int64_t bite_rows = 50;
constexpr std::chrono::milliseconds least_pause{20};

constexpr std::string_view quota_fact = "machine_quota";
constexpr std::string_view size_fact = "keep_size";

removed_row read_removed(database::statement const& query) {
    return {query.bytes_at(0), query.bytes_at(1), from_stored(query.number_at(2)), {}};
}

struct table {
    std::string_view rows; ///< those of a server
    std::string_view remove;
};
constexpr table reports{"SELECT id, bytes FROM reports WHERE server_id = ? LIMIT ?",
                        "DELETE FROM reports WHERE id = ?"};
constexpr table blocks{"SELECT id, bytes FROM blocks WHERE server_id = ? LIMIT ?",
                       "DELETE FROM blocks WHERE id = ?"};

/// Those of the server that together are a bite: one at least, if there is any. How many went.
std::int64_t delete_reports(database::connection& database, std::string_view id,
                            table const& from) {
    std::vector<std::int64_t> bite;
    {
        std::int64_t bytes = 0;
        auto query = database.prepare(from.rows);
        query.text(id).number(bite_rows);
        while (query.step()) {
            bytes += query.number_at(1);
            if (!bite.empty() && bytes > bite_bytes) {
                break;
            }
            bite.push_back(query.number_at(0));
        }
    }
    for (auto const one : bite) {
        database.prepare(from.remove).number(one).send();
    }
    return static_cast<std::int64_t>(bite.size());
}

std::int64_t delete_rows(database::connection& database, std::string_view sql,
                         std::string_view id) {
    return database.prepare(sql).text(id).number(bite_rows).run();
}

/// False when nothing was left: then the server's row is gone, too.
bool delete_bite(database::connection& database, std::string_view id) {
    // It was hidden from all who store by who held all: nothing comes any more.
    database::transaction change(database, database::holding::shared);
    auto left = delete_reports(database, id, reports) + delete_reports(database, id, blocks);
    left += delete_rows(database,
                        "DELETE FROM calls WHERE token IN "
                        "(SELECT token FROM calls WHERE server_id = ? LIMIT ?)",
                        id);
    left += delete_rows(database,
                        "DELETE FROM feedback WHERE id IN "
                        "(SELECT id FROM feedback WHERE server_id = ? LIMIT ?)",
                        id);
    left += delete_rows(database,
                        "DELETE FROM fresh_values WHERE id IN "
                        "(SELECT id FROM fresh_values WHERE server_id = ? LIMIT ?)",
                        id);
    left += delete_rows(database,
                        "DELETE FROM value_blocks WHERE id IN "
                        "(SELECT id FROM value_blocks WHERE server_id = ? LIMIT ?)",
                        id);
    if (left == 0) {
        database.prepare("DELETE FROM servers WHERE id = ?").text(id).run();
    }
    change.commit();
    return left != 0;
}

} // namespace

// Who waits for the database looks again and again: it is let in between two bites.
void store::finish_removal(std::string_view id) {
    using clock = std::chrono::steady_clock;
    for (auto begun = clock::now(); with_reserve([&] { return delete_bite(database_, id); });
         begun = clock::now()) {
        std::this_thread::sleep_for(std::max<clock::duration>(clock::now() - begun, least_pause));
    }
}

bool store::remove_a_little() {
    auto const left = unfinished_removals();
    if (!left.empty()) {
        with_reserve([&] { return delete_bite(database_, left.front().id); });
    }
    return !left.empty();
}

bool store::begin_removal(std::string_view id) {
    return small_change([&] {
        bool const begun =
            database_
                .prepare("INSERT INTO removed_servers (id, name, key_digest, removed_at) "
                         "SELECT id, name, key_digest, ? FROM servers WHERE id = ? "
                         "ON CONFLICT DO NOTHING")
                .number(to_stored(now_()))
                .text(id)
                .run() == 1;
        // One that has not reported costs its token no machine; the same installer gets another.
        database_.prepare("DELETE FROM enrolments WHERE server_id = ? AND counted_at IS NULL")
            .text(id)
            .run();
        return begun;
    });
}

bool store::remove_server(std::string_view id) {
    bool const begun = begin_removal(id);
    if (begun) {
        finish_removal(id);
    }
    return begun;
}

void store::finish_removals() {
    for (auto const& one : unfinished_removals()) {
        finish_removal(one.id);
    }
}

std::vector<removed_row> store::unfinished_removals() {
    std::vector<removed_row> rows;
    auto query = database_.prepare("SELECT id, name, removed_at FROM removed_servers WHERE id IN "
                                   "(SELECT id FROM servers)");
    while (query.step()) {
        rows.push_back(read_removed(query));
    }
    return rows;
}

bool store::add_server_anew(std::string_view id, std::string_view name,
                            security::digest const& key) {
    finish_removals();
    return with_reserve([&] {
        database::transaction change(database_);
        database_.prepare("DELETE FROM removed_servers WHERE id = ? OR key_digest = ?")
            .text(id)
            .blob(as_bytes(key))
            .run();
        bool const added = add_server(id, name, key);
        if (added) {
            change.commit();
        }
        return added;
    });
}

bool store::rename_server(std::string_view id, std::string_view name) {
    return small_change([&] {
        return database_
                   .prepare("UPDATE servers SET name = ? WHERE id = ? AND "
                            "id NOT IN (SELECT id FROM removed_servers)")
                   .text(name)
                   .text(id)
                   .run() == 1;
    });
}

bool store::set_key(std::string_view id, security::digest const& key) {
    return small_change([&] {
        return database_
                   .prepare("UPDATE servers SET key_digest = ?1 WHERE id = ?2 AND "
                            "id NOT IN (SELECT id FROM removed_servers) AND "
                            "NOT EXISTS (SELECT 1 FROM servers WHERE key_digest = ?1 AND "
                            "id <> ?2) AND NOT EXISTS (SELECT 1 FROM removed_servers WHERE "
                            "key_digest = ?1)")
                   .blob(as_bytes(key))
                   .text(id)
                   .run() == 1;
    });
}

std::vector<removed_row> store::removed_servers() {
    std::vector<removed_row> rows;
    auto query = database_.prepare("SELECT id, name, removed_at, key_digest FROM removed_servers");
    while (query.step()) {
        rows.push_back(read_removed(query));
        rows.back().key = digest_at(query, 3);
    }
    return rows;
}

std::optional<removed_row> store::find_removed(std::string_view id) {
    auto query = database_.prepare("SELECT id, name, removed_at FROM removed_servers WHERE id = ?");
    query.text(id);
    return query.step() ? std::optional(read_removed(query)) : std::nullopt;
}

std::optional<removed_row> store::find_removed(std::string_view id, security::digest const& key) {
    auto found = find_removed_by_key(key);
    return found && found->id == id ? found : std::nullopt;
}

std::optional<removed_row> store::find_removed_by_key(security::digest const& key) {
    auto query =
        database_.prepare("SELECT id, name, removed_at FROM removed_servers WHERE key_digest = ?");
    query.blob(as_bytes(key));
    return query.step() ? std::optional(read_removed(query)) : std::nullopt;
}

void store::set_machine_quota(std::uint64_t bytes) {
    note_bound(quota_fact, bytes);
}

std::uint64_t store::machine_quota() {
    return noted_bound(quota_fact);
}

void store::set_size_limit(std::uint64_t bytes) {
    note_bound(size_fact, bytes);
}

std::uint64_t store::size_limit() {
    return noted_bound(size_fact);
}

void store::note_bound(std::string_view name, std::uint64_t bytes) {
    small_change([&] {
        constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
        set_fact(name, static_cast<std::int64_t>(std::min(bytes, most)));
        return true;
    });
}

std::uint64_t store::noted_bound(std::string_view name) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, fact(name).value_or(0)));
}

} // namespace trafikito::server::store
