#include "server/store/store.hpp"

#include "server/store/schema.hpp"
#include "server/store/store_room.hpp"
#include "server/store/store_time.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::server::store {

namespace {

// Literals, for statements are kept by their text. What a removed server sent may take a while to
// go; its row stands until then.
#define TRAFIKITO_SERVERS                                                                          \
    "SELECT id, name, key_digest, os, os_codename, os_release, centos_flavor, available, wanted, " \
    "delay, last_order_at, last_report_at, last_data_at, several_machines_at, "                    \
    "several_machines_times, last_address, agent, report_interval, kept_bytes, quota_reached_at, " \
    "created_at "                                                                                  \
    "FROM servers WHERE id NOT IN (SELECT id FROM removed_servers)"
constexpr std::string_view all_servers = TRAFIKITO_SERVERS " ORDER BY name, id";
constexpr std::string_view by_id = TRAFIKITO_SERVERS " AND id = ?";
constexpr std::string_view by_key = TRAFIKITO_SERVERS " AND key_digest = ?";
#undef TRAFIKITO_SERVERS

/// Tokens of orders that are kept of one server; at one a minute a week's.
constexpr std::int64_t max_calls = 10'080;

std::string_view as_bytes(security::digest const& value) {
    return {reinterpret_cast<char const*>(value.data()), value.size()};
}

std::string join(std::vector<std::string> const& names) {
    std::string text;
    for (auto const& name : names) {
        text += text.empty() ? "" : ",";
        text += name;
    }
    return text;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> names;
    while (!text.empty()) {
        auto const end = std::min(text.find(','), text.size());
        names.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return names;
}

// SQLite would apply it to the new database: it is another one's.
void refuse_log_alone(std::filesystem::path const& file) {
    std::error_code failed;
    std::string const log = file.string() + "-wal";
    if (auto const size = std::filesystem::file_size(log, failed); !failed && size != 0) {
        throw store_misplaced("there is no database " + file.string() + ", but its log " + log +
                              ", which may hold what was accepted last: put the database back, "
                              "or move the log away to begin with an empty one");
    }
}

// Whole or not at all: what a crash leaves half made would be taken for one that lost everything.
void made_where_there_is_none(std::filesystem::path const& file, access wanted) {
    std::error_code failed;
    if (wanted != access::read_write ||
        std::filesystem::exists(std::filesystem::symlink_status(file, failed))) {
        return;
    }
    refuse_log_alone(file);
    auto const beside = std::filesystem::path(file.string() + ".new");
    std::filesystem::remove(beside, failed);
    {
        connection made(beside, access::read_write);
        migrate(made);
    }
    std::filesystem::create_hard_link(beside, file, failed); // never over what another one made
    if (failed && failed != std::errc::file_exists) {
        std::filesystem::rename(beside, file, failed); // where there are no hard links
    }
    std::filesystem::remove(beside, failed);
}

disk_reserve reserve_beside(std::filesystem::path const& file) {
    return {file.parent_path() / "reserve", store::reserve_bytes};
}

// Also to read, SQLite makes files beside a database that nobody has open.
connection opened(std::filesystem::path const& file, access wanted) {
    made_where_there_is_none(file, wanted);
    auto const reserve = reserve_beside(file);
    try {
        return {file, wanted};
    } catch (store_full const&) {
        if (reserve.held() == 0) {
            throw;
        }
    }
    auto const held = reserve.held();
    reserve.give_up();
    struct held_again {
        disk_reserve const& reserve;
        std::uintmax_t bytes;
        ~held_again() { reserve.hold(bytes); }
    } const later{reserve, held};
    return {file, wanted};
}

server_row read_server(statement const& query) {
    server_row row;
    row.id = query.bytes_at(0);
    row.name = query.bytes_at(1);
    auto const key = query.bytes_at(2);
    std::copy_n(key.begin(), std::min(key.size(), row.key.size()), row.key.begin());
    row.os = {query.bytes_at(3), query.bytes_at(4), query.bytes_at(5), query.bytes_at(6)};
    row.available = query.bytes_at(7);
    if (!query.null_at(8)) {
        row.wanted = split(query.bytes_at(8));
    }
    row.delay = std::chrono::seconds(query.number_at(9));
    row.last_order = time_at(query, 10);
    row.last_report = time_at(query, 11);
    row.last_data = time_at(query, 12);
    row.several_machines = time_at(query, 13);
    row.several_machines_times = query.number_at(14);
    row.last_address = query.bytes_at(15);
    row.agent = query.bytes_at(16);
    if (!query.null_at(17)) {
        row.interval = std::chrono::seconds(query.number_at(17));
    }
    row.kept_bytes = query.number_at(18);
    row.quota_reached = time_at(query, 19);
    row.created = from_stored(query.number_at(20));
    return row;
}

} // namespace

store::store(std::filesystem::path const& file, access wanted, base::wall_clock now,
             store_settings settings, std::function<boot_time()> up)
    : database_(opened(file, wanted)), now_(std::move(now)), settings_(settings),
      up_(std::move(up)), reserve_(reserve_beside(file)) {
    database_.run_script("PRAGMA foreign_keys = ON");
    if (wanted != access::read_write) {
        require_current(database_);
        database_.watch_files();
        return;
    }
    with_reserve([&] {
        migrate(database_); // first: nothing of another program's database is changed
        // FULL: a report is on the disk before the agent is told that it was accepted.
        database_.run_script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                             "PRAGMA journal_size_limit = 4194304;");
    });
    clock_.emplace(remembered_time(), now_(), up_());
    database_.watch_files();
}

bool store::check(std::chrono::milliseconds bound) {
    return database_.quick_check(bound);
}

void store::hold_reserve(std::uintmax_t bytes) {
    reserve_ = {database_.file().parent_path() / "reserve", bytes};
    holds_reserve_ = true;
    reserve_.hold();
}

bool store::add_server(std::string_view id, std::string_view name, security::digest const& key) {
    return small_change([&] {
        database_
            .prepare("INSERT INTO servers (id, name, key_digest, created_at) VALUES (?, ?, ?, ?) "
                     "ON CONFLICT DO NOTHING")
            .text(id)
            .text(name)
            .blob(as_bytes(key))
            .number(to_stored(now_()))
            .run();
        return database_.changes() == 1;
    });
}

std::optional<server_row> store::find_server(std::string_view id) {
    auto query = database_.prepare(by_id);
    query.text(id);
    return query.step() ? std::optional(read_server(query)) : std::nullopt;
}

std::optional<server_row> store::find_server_by_key(security::digest const& key) {
    auto query = database_.prepare(by_key);
    query.blob(as_bytes(key));
    return query.step() ? std::optional(read_server(query)) : std::nullopt;
}

std::vector<server_row> store::servers() {
    std::vector<server_row> rows;
    auto query = database_.prepare(all_servers);
    while (query.step()) {
        rows.push_back(read_server(query));
    }
    return rows;
}

void store::set_os_facts(std::string_view id, os_facts const& facts) {
    small_change([&] {
        database_
            .prepare(
                "UPDATE servers SET os = ?, os_codename = ?, os_release = ?, centos_flavor = ? "
                "WHERE id = ?")
            .text(facts.os)
            .text(facts.codename)
            .text(facts.release)
            .text(facts.centos_flavor)
            .text(id)
            .run();
        return true;
    });
}

void store::set_available(std::string_view id, std::string_view lines) {
    small_change([&] {
        database_.prepare("UPDATE servers SET available = ? WHERE id = ?")
            .blob(lines)
            .text(id)
            .run();
        return true;
    });
}

void store::set_wanted(std::string_view id, std::optional<std::vector<std::string>> const& names) {
    small_change([&] {
        auto change = database_.prepare("UPDATE servers SET wanted = ? WHERE id = ?");
        (names ? change.text(join(*names)) : change.null()).text(id).run();
        return true;
    });
}

void store::set_delay(std::string_view id, std::chrono::seconds delay) {
    small_change([&] {
        database_.prepare("UPDATE servers SET delay = ? WHERE id = ?")
            .number(delay.count())
            .text(id)
            .run();
        return true;
    });
}

void store::order_given(std::string_view id, given_order const& given) {
    auto const kept_since = retention_now();
    transaction change(database_);
    deletions gone;
    auto const now = to_stored(now_());
    auto note = database_.prepare("UPDATE servers SET last_order_at = ?, last_address = ?, "
                                  "agent = ?, report_interval = ? WHERE id = ?");
    note.number(now).text(given.from.address).text(given.from.agent);
    given.from.interval ? note.number(given.from.interval->count()) : note.null();
    note.text(id).run();
    if (database_.changes() == 0) {
        return; // removed in the meantime
    }
    if (given.facts) {
        set_os_facts(id, *given.facts);
    }
    if (!given.token.empty()) {
        database_.prepare("INSERT INTO calls (token, server_id, given_at) VALUES (?, ?, ?)")
            .text(given.token)
            .text(id)
            .number(to_stored(kept_since))
            .run();
        // A machine that asks for orders without end has none of its tokens known for long.
        database_
            .prepare("DELETE FROM calls WHERE server_id = ?1 AND rowid <= (SELECT rowid FROM calls "
                     "WHERE server_id = ?1 ORDER BY rowid DESC LIMIT 1 OFFSET ?2)")
            .text(id)
            .number(max_calls)
            .run();
        gone.calls = database_.changes();
    }
    change.commit();
    count(gone);
}

void store::several_machines_seen(std::string_view id) {
    database_
        .prepare("UPDATE servers SET several_machines_at = ?, "
                 "several_machines_times = several_machines_times + 1 WHERE id = ?")
        .number(to_stored(now_()))
        .text(id)
        .run();
}

bool store::knows_call(std::string_view id, std::string_view token) {
    auto query = database_.prepare("SELECT 1 FROM calls WHERE token = ? AND server_id = ?");
    query.text(token).text(id);
    return query.step();
}

} // namespace trafikito::server::store
