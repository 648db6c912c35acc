// The store's reports and feedback: writing, reading, forgetting.
#include "server/store.hpp"

#include "net/report.hpp"
#include "server/store_time.hpp"

namespace trafikito::server {

namespace {

constexpr std::chrono::minutes feedback_pause{1};

report_row read_report(statement const& query) {
    return {query.number_at(0), query.bytes_at(1), query.bytes_at(2),
            from_stored(query.number_at(3))};
}

} // namespace

// In small bites, so that a first start with a short --keep does not hold the loop: what one insert
// leaves behind, the next ones take.
void store::forget_old() {
    auto const limit = to_stored(now_() - keep_);
    database_
        .prepare("DELETE FROM reports WHERE id IN "
                 "(SELECT id FROM reports WHERE received_at < ? ORDER BY received_at LIMIT 20)")
        .number(limit)
        .run();
    database_
        .prepare("DELETE FROM calls WHERE token IN "
                 "(SELECT token FROM calls WHERE given_at < ? ORDER BY given_at LIMIT 20)")
        .number(limit)
        .run();
    database_
        .prepare("DELETE FROM feedback WHERE id IN "
                 "(SELECT id FROM feedback WHERE received_at < ? ORDER BY received_at LIMIT 20)")
        .number(limit)
        .run();
}

std::optional<std::int64_t> store::add_report(std::string_view id, std::string_view token,
                                              std::optional<std::int64_t> took,
                                              net::parsed_report const& report) {
    transaction change(database_);
    auto const now = to_stored(now_());
    {
        auto insert =
            database_.prepare("INSERT INTO reports (server_id, received_at, token, took) "
                              "VALUES (?, ?, ?, ?) ON CONFLICT (server_id, token) DO NOTHING");
        insert.text(id).number(now);
        token.empty() ? insert.null() : insert.text(token);
        took ? insert.number(*took) : insert.null();
        insert.run();
    }
    if (database_.changes() == 0) {
        return std::nullopt;
    }
    auto const number = database_.last_id();
    std::int64_t position = 0;
    for (auto const& section : report.sections) {
        database_
            .prepare(
                "INSERT INTO outputs (report_id, position, command, bytes) VALUES (?, ?, ?, ?)")
            .number(number)
            .number(position++)
            .blob(section.name)
            .blob(section.output)
            .run();
    }
    database_.prepare("UPDATE servers SET last_report_at = ? WHERE id = ?")
        .number(now)
        .text(id)
        .run();
    forget_old();
    change.commit();
    return number;
}

bool store::add_feedback(std::string_view id, std::string_view code, std::string_view message,
                         std::string_view details) {
    transaction change(database_);
    auto const now = now_();
    {
        auto earlier =
            database_.prepare("SELECT 1 FROM feedback WHERE server_id = ? AND code = ? AND "
                              "received_at > ? AND received_at <= ?");
        earlier.text(id).text(code).number(to_stored(now - feedback_pause)).number(to_stored(now));
        if (earlier.step()) {
            return false;
        }
    }
    database_
        .prepare("INSERT INTO feedback (server_id, received_at, code, message, details) "
                 "VALUES (?, ?, ?, ?, ?)")
        .text(id)
        .number(to_stored(now))
        .text(code)
        .blob(message)
        .blob(details)
        .run();
    forget_old();
    change.commit();
    return true;
}

std::vector<report_row> store::last_reports(std::string_view id, std::int64_t count) {
    std::vector<report_row> rows;
    auto query =
        database_.prepare("SELECT * FROM (SELECT r.id, s.id, s.name, r.received_at FROM reports r "
                          "JOIN servers s ON s.id = "
                          "r.server_id WHERE s.id = ? ORDER BY r.id DESC LIMIT ?) ORDER BY 1");
    query.text(id).number(count);
    while (query.step()) {
        rows.push_back(read_report(query));
    }
    return rows;
}

std::vector<report_row> store::reports_after(std::int64_t id) {
    std::vector<report_row> rows;
    auto query =
        database_.prepare("SELECT r.id, s.id, s.name, r.received_at FROM reports r JOIN servers s "
                          "ON s.id = r.server_id WHERE r.id > ? ORDER BY r.id LIMIT 100");
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

std::int64_t store::data_version() {
    auto query = database_.prepare("PRAGMA data_version");
    query.step();
    return query.number_at(0);
}

} // namespace trafikito::server
