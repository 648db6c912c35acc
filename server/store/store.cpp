#include "server/store/store.hpp"

#include "server/store/copying.hpp"
#include "server/store/sqlite_engine.hpp"
#include "server/store/store_room.hpp"
#include "server/store/store_time.hpp"
#include "server/store/stored_digest.hpp"

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
    "created_at, tags "                                                                            \
    "FROM servers WHERE id NOT IN (SELECT id FROM removed_servers)"
constexpr std::string_view all_servers = TRAFIKITO_SERVERS " ORDER BY name, id";
constexpr std::string_view by_id = TRAFIKITO_SERVERS " AND id = ?";
constexpr std::string_view by_key = TRAFIKITO_SERVERS " AND key_digest = ?";
#undef TRAFIKITO_SERVERS

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

server_row read_server(database::statement const& query) {
    server_row row;
    row.id = query.bytes_at(0);
    row.name = query.bytes_at(1);
    row.key = digest_at(query, 2);
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
    row.tags = split(query.bytes_at(21));
    return row;
}

} // namespace

store::store(std::filesystem::path const& file, access wanted, base::wall_clock now,
             store_settings settings, std::function<boot_time()> up)
    : store(std::make_unique<sqlite_engine>(file, wanted), wanted, std::move(now), settings,
            std::move(up)) {}

store::store(std::unique_ptr<engine> opened, access wanted, base::wall_clock now,
             store_settings settings, std::function<boot_time()> up)
    : engine_(std::move(opened)), database_(engine_->connection()), now_(std::move(now)),
      settings_(settings), up_(std::move(up)),
      kept_house_(database_.kind() == database::engine::sqlite) {
    if (wanted == access::read_write) {
        use_copy(database_);
        clock_.emplace(remembered_time(), now_(), up_());
    }
}

void store::hold_reserve(std::uintmax_t bytes) {
    engine_->hold_reserve(bytes);
}

bool store::add_server(std::string_view id, std::string_view name, security::digest const& key) {
    return small_change([&] {
        return database_
                   .prepare("INSERT INTO servers (id, name, key_digest, created_at) "
                            "VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
                   .text(id)
                   .text(name)
                   .blob(as_bytes(key))
                   .number(to_stored(now_()))
                   .run() == 1;
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

std::vector<server_row> store::servers(std::vector<std::string> const& ids) {
    std::vector<database::statement> asked;
    asked.reserve(ids.size());
    std::vector<server_row> rows;
    if (database_.kind() == database::engine::sqlite) { // which runs one at a time
        for (auto const& id : ids) {
            if (auto row = find_server(id)) {
                rows.push_back(std::move(*row));
            }
        }
        return rows;
    }
    for (auto const& id : ids) {
        asked.push_back(database_.prepare(by_id));
        asked.back().text(id).send();
    }
    for (auto& query : asked) {
        if (query.step()) {
            rows.push_back(read_server(query));
        }
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

void store::set_tags(std::string_view id, std::vector<std::string> const& tags) {
    small_change([&] {
        database_.prepare("UPDATE servers SET tags = ? WHERE id = ?")
            .text(join(tags))
            .text(id)
            .run();
        return true;
    });
}

void store::several_machines_seen(std::string_view id) {
    database_
        .prepare("UPDATE servers SET several_machines_at = ?, "
                 "several_machines_times = several_machines_times + 1 WHERE id = ?")
        .number(to_stored(now_()))
        .text(id)
        .run();
}

} // namespace trafikito::server::store
