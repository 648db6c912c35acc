// The store's feedback: what agents complain of.
#include "server/store/store.hpp"

#include "server/store/store_time.hpp"

namespace trafikito::server::store {

namespace {

constexpr std::chrono::minutes feedback_pause{1};
constexpr std::int64_t max_feedback = 100; ///< that are kept of one server

} // namespace

void store::require_server(std::string_view id) {
    auto by_id = database_.prepare("SELECT 1 FROM servers WHERE id = ? AND "
                                   "id NOT IN (SELECT id FROM removed_servers)");
    by_id.text(id);
    if (!by_id.step()) {
        engine_->require_absent(id);
        throw store_no_server("there is no such server any more: it was removed");
    }
}

// Its time is the one by which it grows old: what it is shown for is the order, and no clock that
// was wrong for a moment shall delete it, or keep the next one out. Of one server nobody stores
// another one meanwhile, nor a report: its row is held.
bool store::add_feedback(std::string_view id, std::string_view code, std::string_view message,
                         std::string_view details) {
    auto const now = retention_now();
    database::transaction change(database_, database::holding::shared);
    if (database_.kind() != database::engine::sqlite) {
        database_.prepare("SELECT 1 FROM servers WHERE id = ? FOR NO KEY UPDATE").text(id).run();
    }
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
    deletions gone;
    database_
        .prepare("INSERT INTO feedback (server_id, received_at, code, message, details) "
                 "VALUES (?, ?, ?, ?, ?)")
        .text(id)
        .number(to_stored(now))
        .text(code)
        .blob(message)
        .blob(details)
        .run();
    gone.feedback =
        database_
            .prepare("DELETE FROM feedback WHERE server_id = ?1 AND id <= (SELECT id FROM feedback "
                     "WHERE server_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)")
            .text(id)
            .number(max_feedback)
            .run();
    change.commit();
    count(gone);
    return true;
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

std::vector<feedback_row> store::recent_feedback(base::wall_time since, std::int64_t count) {
    std::vector<feedback_row> rows;
    auto query = database_.prepare("SELECT server_id, received_at, code, message FROM feedback "
                                   "WHERE received_at >= ? ORDER BY received_at LIMIT ?");
    query.number(to_stored(since)).number(count);
    while (query.step()) {
        rows.push_back({query.bytes_at(0),
                        from_stored(query.number_at(1)),
                        query.bytes_at(2),
                        query.bytes_at(3),
                        {}});
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

} // namespace trafikito::server::store
