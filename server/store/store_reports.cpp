// The store's reports and feedback: writing and reading.
#include "server/store/store.hpp"

#include "net/api/report.hpp"
#include "server/store/store_room.hpp"
#include "server/store/store_time.hpp"

#include <algorithm>

namespace trafikito::server::store {

namespace {

constexpr std::chrono::minutes feedback_pause{1};
constexpr std::int64_t max_feedback = 100; ///< that are kept of one server
// What a row takes beside what it holds, so that nothing is for nothing. Schema 4 counts the same.
constexpr std::size_t row_of_report = 256;
constexpr std::size_t row_of_output = 64;

report_row read_report(statement const& query) {
    return {query.number_at(0), query.bytes_at(1),
            query.bytes_at(2),  from_stored(query.number_at(3)),
            time_at(query, 4),  query.bytes_at(5)};
}

// An id is the agent's own word for which report this is; a token stands for one where either has
// no id, as a shell agent's.
bool is_stored(connection& database, std::string_view server_id, report_facts const& facts) {
    if (!facts.report_id.empty()) {
        auto same = database.prepare("SELECT 1 FROM reports WHERE server_id = ? AND report_id = ?");
        same.text(server_id).text(facts.report_id);
        if (same.step()) {
            return true;
        }
    }
    if (facts.token.empty()) {
        return false;
    }
    auto same = database.prepare("SELECT report_id FROM reports WHERE server_id = ? AND token = ?");
    same.text(server_id).text(facts.token);
    return same.step() && (facts.report_id.empty() || same.null_at(0));
}

// The place of a report that is not late: behind all others, also when the clock was set back.
std::int64_t place_of(connection& database, std::string_view server_id, report_facts const& facts,
                      std::int64_t now) {
    if (facts.collected) {
        return to_stored(*facts.collected);
    }
    auto latest = database.prepare("SELECT max(data_at) FROM reports WHERE server_id = ?");
    latest.text(server_id);
    return latest.step() ? std::max(now, latest.number_at(0)) : now;
}

void insert_report(connection& database, std::string_view server_id, report_facts const& facts,
                   std::size_t bytes, std::int64_t now, std::int64_t believed) {
    auto const place = place_of(database, server_id, facts, now);
    // Nothing for a token that another report has: is_stored() found that this is not the same one.
    auto insert = database.prepare(
        "INSERT INTO reports "
        "(server_id, received_at, took, report_id, collected_at, results, data_at, bytes, "
        "kept_since, token) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
        "CASE WHEN EXISTS (SELECT 1 FROM reports WHERE server_id = ?1 AND token = ?10) "
        "THEN NULL ELSE ?10 END)");
    insert.text(server_id).number(now);
    facts.took ? insert.number(*facts.took) : insert.null();
    facts.report_id.empty() ? insert.null() : insert.text(facts.report_id);
    facts.collected ? insert.number(to_stored(*facts.collected)) : insert.null();
    facts.results.empty() ? insert.null() : insert.blob(facts.results);
    insert.number(place);
    insert.number(static_cast<std::int64_t>(bytes)).number(believed);
    facts.token.empty() ? insert.null() : insert.text(facts.token);
    insert.run();
}

// What a report counts for: its outputs with their names, its results, and their rows.
std::size_t bytes_of(net::api::parsed_report const& report, report_facts const& facts) {
    auto bytes = row_of_report + facts.results.size();
    for (auto const& section : report.sections) {
        bytes += row_of_output + section.name.size() + section.output.size();
    }
    return bytes;
}

void insert_outputs(connection& database, std::int64_t number,
                    net::api::parsed_report const& report) {
    std::int64_t position = 0;
    for (auto const& section : report.sections) {
        database
            .prepare(
                "INSERT INTO outputs (report_id, position, command, bytes) VALUES (?, ?, ?, ?)")
            .number(number)
            .number(position++)
            .blob(section.name)
            .blob(section.output)
            .run();
    }
}

// What the server's row says follows the newest data. A last_data_at after now is of a clock that
// was wrong once: it shall not make a machine look alive for as long.
void update_server(connection& database, std::string_view server_id, report_facts const& facts,
                   std::int64_t now) {
    auto const data_at = facts.collected ? to_stored(*facts.collected) : now;
    if (facts.available) {
        database
            .prepare("UPDATE servers SET available = ?3 WHERE id = ?1 AND "
                     "(last_data_at IS NULL OR last_data_at <= ?2 OR ?4)")
            .text(server_id)
            .number(data_at)
            .blob(*facts.available)
            .number(facts.collected ? 0 : 1)
            .run();
    }
    database
        .prepare("UPDATE servers SET last_report_at = ?3, last_data_at = CASE "
                 "WHEN last_data_at > ?2 AND last_data_at <= ?3 THEN last_data_at ELSE ?2 END "
                 "WHERE id = ?1")
        .text(server_id)
        .number(data_at)
        .number(now)
        .run();
}

} // namespace

bool store::has_free_pages(std::size_t bytes) {
    static constexpr std::int64_t page = 4096;
    static constexpr std::int64_t rows_and_indexes = 512L * 1024;
    auto free = database_.prepare("PRAGMA freelist_count");
    auto const needed = static_cast<std::int64_t>(bytes + bytes / 8) + rows_and_indexes;
    return free.step() && free.number_at(0) * page >= needed;
}

// The log first and then the database grow by it. A small one's share of the database the reserve
// has, if need be.
void store::require_room(std::size_t bytes) {
    static constexpr std::size_t small = 2UL * 1024 * 1024;
    std::error_code failed;
    auto const room = std::filesystem::space(database_.file().parent_path(), failed);
    auto const needed = (has_free_pages(bytes) ? 1 : 2) * (bytes + bytes / 8);
    if (bytes > small && !failed && room.capacity != 0 && room.available < needed) {
        throw store_full("there is no room for a report of " + std::to_string(bytes >> 20U) +
                         " MiB, which takes " + std::to_string(needed >> 20U) +
                         " MiB for a moment (free some room where --data is; what was accepted is "
                         "kept)");
    }
}

// What refers to no server SQLite refuses with words that help nobody.
void store::require_server(std::string_view id) {
    auto by_id = database_.prepare("SELECT 1 FROM servers WHERE id = ? AND "
                                   "id NOT IN (SELECT id FROM removed_servers)");
    by_id.text(id);
    if (by_id.step()) {
        return;
    }
    auto all = database_.prepare("SELECT 1 FROM servers NOT INDEXED WHERE +id = ?1 AND "
                                 "NOT EXISTS (SELECT 1 FROM removed_servers WHERE id = ?1)");
    all.text(id);
    if (all.step()) {
        fail_as_damaged(database_.file(), "a server's row is not in its index");
    }
    throw store_no_server("there is no such server any more: it was removed");
}

// A log that cannot be moved goes on to grow, beyond what the reserve has room for.
void store::keep_log_short() {
    static constexpr std::uintmax_t longest = 4UL * 1024 * 1024 + 256UL * 1024;
    std::error_code failed;
    auto const length = std::filesystem::file_size(database_.file().string() + "-wal", failed);
    if (!failed && length > longest && !database_.move_log() && holds_reserve_) {
        lent_reserve const room(reserve_, true, database_);
    }
}

std::optional<stored_report> store::add_report(std::string_view server_id,
                                               net::api::parsed_report const& report,
                                               report_facts const& facts) {
    auto const bytes = bytes_of(report, facts) + (facts.available ? facts.available->size() : 0);
    keep_log_short();
    return with_room(bytes, [&] { return try_add_report(server_id, report, facts); });
}

std::optional<stored_report> store::try_add_report(std::string_view server_id,
                                                   net::api::parsed_report const& report,
                                                   report_facts const& facts) {
    auto const kept_since = retention_now();
    transaction change(database_);
    require_server(server_id);
    if (is_stored(database_, server_id, facts)) {
        return std::nullopt;
    }
    auto const bytes = bytes_of(report, facts);
    require_room(bytes);
    auto const old = forget_old(kept_since); // first: the new one may take the room of the old
    auto const gave_way = make_way(server_id, bytes);
    auto const now = to_stored(now_());
    insert_report(database_, server_id, facts, bytes, now, to_stored(kept_since));
    auto const number = database_.last_id();
    insert_outputs(database_, number, report);
    update_server(database_, server_id, facts, now);
    auto const removed = count_enrolment(server_id, now);
    change.commit();
    count(old);
    count(gave_way);
    return stored_report{number, static_cast<std::size_t>(gave_way.reports), removed};
}

// Its time is the one by which it grows old: what it is shown for is the order, and no clock that
// was wrong for a moment shall delete it, or keep the next one out.
bool store::add_feedback(std::string_view id, std::string_view code, std::string_view message,
                         std::string_view details) {
    auto const now = retention_now();
    transaction change(database_);
    require_server(id);
    {
        auto earlier =
            database_.prepare("SELECT 1 FROM feedback WHERE server_id = ? AND code = ? AND "
                              "received_at > ? AND received_at <= ?");
        earlier.text(id).text(code).number(to_stored(now - feedback_pause)).number(to_stored(now));
        if (earlier.step()) {
            return false;
        }
    }
    auto gone = forget_old(now);
    database_
        .prepare("INSERT INTO feedback (server_id, received_at, code, message, details) "
                 "VALUES (?, ?, ?, ?, ?)")
        .text(id)
        .number(to_stored(now))
        .text(code)
        .blob(message)
        .blob(details)
        .run();
    database_
        .prepare("DELETE FROM feedback WHERE server_id = ?1 AND id <= (SELECT id FROM feedback "
                 "WHERE server_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)")
        .text(id)
        .number(max_feedback)
        .run();
    gone.feedback += database_.changes();
    change.commit();
    count(gone);
    return true;
}

std::vector<report_row> store::last_reports(std::string_view id, std::int64_t count,
                                            std::int64_t until) {
    std::vector<report_row> rows;
    auto query = database_.prepare(
        "SELECT r.id, s.id, s.name, r.received_at, r.collected_at, r.report_id FROM reports r "
        "JOIN servers s ON s.id = r.server_id WHERE r.server_id = ? AND r.id <= ? "
        "ORDER BY r.data_at DESC, r.id DESC LIMIT ?");
    query.text(id).number(until).number(count);
    while (query.step()) {
        rows.push_back(read_report(query));
    }
    std::ranges::reverse(rows);
    return rows;
}

std::vector<report_row> store::reports_after(std::int64_t id) {
    std::vector<report_row> rows;
    auto query = database_.prepare(
        "SELECT r.id, s.id, s.name, r.received_at, r.collected_at, r.report_id FROM reports r "
        "JOIN servers s ON s.id = r.server_id WHERE r.id > ? ORDER BY r.id LIMIT 100");
    query.number(id);
    while (query.step()) {
        rows.push_back(read_report(query));
    }
    return rows;
}

std::int64_t store::last_report_id() {
    auto query = database_.prepare("SELECT coalesce(max(id), 0) FROM reports");
    query.step();
    return query.number_at(0);
}

std::vector<output_row> store::outputs(std::int64_t report) {
    std::vector<output_row> rows;
    auto query = database_.prepare(
        "SELECT command, bytes FROM outputs WHERE report_id = ? ORDER BY position");
    query.number(report);
    while (query.step()) {
        rows.push_back({query.bytes_at(0), query.bytes_at(1)});
    }
    return rows;
}

std::string store::results(std::int64_t report) {
    auto query = database_.prepare("SELECT results FROM reports WHERE id = ?");
    query.number(report);
    return query.step() ? query.bytes_at(0) : std::string();
}

std::vector<feedback_row> store::feedback(std::string_view id) {
    std::vector<feedback_row> rows;
    auto query =
        database_.prepare("SELECT server_id, received_at, code, message, details FROM feedback "
                          "WHERE server_id = ? ORDER BY id");
    query.text(id);
    while (query.step()) {
        rows.push_back({query.bytes_at(0), from_stored(query.number_at(1)), query.bytes_at(2),
                        query.bytes_at(3), query.bytes_at(4)});
    }
    return rows;
}

std::optional<feedback_row> store::last_feedback(std::string_view id) {
    auto query = database_.prepare(
        "SELECT received_at, code, message FROM feedback WHERE server_id = ? ORDER BY id DESC "
        "LIMIT 1");
    query.text(id);
    if (!query.step()) {
        return std::nullopt;
    }
    return feedback_row{
        std::string(id), from_stored(query.number_at(0)), query.bytes_at(1), query.bytes_at(2), {}};
}

std::int64_t store::data_version() {
    auto query = database_.prepare("PRAGMA data_version");
    query.step();
    return query.number_at(0);
}

} // namespace trafikito::server::store
