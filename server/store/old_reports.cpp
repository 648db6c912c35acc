#include "server/store/old_reports.hpp"

#include "server/archive/report_body.hpp"
#include "server/store/report_keys.hpp"
#include "server/store/report_pack.hpp"
#include "server/store/store_time.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::server::store {

namespace {

// As the store counts (store_reports.cpp, store_packing.cpp).
constexpr std::int64_t row_of_report = 256;
constexpr std::int64_t row_of_output = 64;
constexpr std::int64_t row_of_block = 256;

std::vector<std::string> columns_of(database::sqlite& database, std::string_view table,
                                    std::string_view schema) {
    std::vector<std::string> names;
    auto query = database.prepare("SELECT name FROM pragma_table_info(?, ?)");
    query.text(table).text(schema);
    while (query.step()) {
        names.push_back(query.bytes_at(0));
    }
    return names;
}

/// What both have; the others get their defaults.
void copy_table(database::sqlite& database, std::string const& table) {
    auto const old = columns_of(database, table, "main");
    std::string columns;
    for (auto const& name : columns_of(database, table, "made")) {
        if (std::ranges::find(old, name) != old.end()) {
            columns += (columns.empty() ? "" : ", ") + name;
        }
    }
    if (!columns.empty()) {
        database.run_script("INSERT INTO made." + table + " (" + columns + ") SELECT " + columns +
                            " FROM main." + table);
    }
}

/// A number that was used is not used again.
void copy_sequence(database::sqlite& database, std::string const& table) {
    database.run_script("DELETE FROM made.sqlite_sequence WHERE name = '" + table +
                        "'; INSERT INTO made.sqlite_sequence (name, seq) SELECT name, seq FROM "
                        "main.sqlite_sequence WHERE name = '" +
                        table + "'");
}

#define TRAFIKITO_REPORTS(data_at, kept_since, collected_at, report_id, results)                   \
    "SELECT id, received_at, " data_at ", " kept_since ", " collected_at ", took, " report_id      \
    ", " results ", token FROM main.reports WHERE server_id = ? ORDER BY 3, 1"
constexpr std::string_view of_schema_1 =
    TRAFIKITO_REPORTS("received_at", "received_at", "NULL", "NULL", "NULL");
constexpr std::string_view of_schema_2 =
    TRAFIKITO_REPORTS("data_at", "received_at", "collected_at", "report_id", "results");
constexpr std::string_view of_schema_4 =
    TRAFIKITO_REPORTS("data_at", "kept_since", "collected_at", "report_id", "results");
#undef TRAFIKITO_REPORTS

/// What is known of the reports of a server.
std::string_view rows_of(database::sqlite& database) {
    auto const there = columns_of(database, "reports", "main");
    auto const has = [&](char const* name) {
        return std::ranges::find(there, name) != there.end();
    };
    return has("kept_since") ? of_schema_4 : has("data_at") ? of_schema_2 : of_schema_1;
}

class copying {
public:
    copying(database::sqlite& database, std::function<void()> const& alive)
        : database_(database), alive_(alive), rows_(rows_of(database)) {}

    void copy_reports_of(std::string const& server_id);
    [[nodiscard]] std::int64_t reports() const { return reports_; }

private:
    static archive::report_head read_head(database::statement const& row);
    void add_keys(std::string const& server_id, archive::report_head const& head);
    std::string body_of(archive::report_head& head, std::string const& results);
    void write_block(std::string const& server_id);

    database::sqlite& database_;
    std::function<void()> const& alive_;
    std::string_view rows_;
    archive::block_writer block_;
    std::vector<archive::report_head> heads_; ///< of the block
    std::int64_t bytes_ = 0;                  ///< of their bodies
    std::int64_t kept_bytes_ = 0;             ///< of the server
    std::int64_t reports_ = 0;
};

archive::report_head copying::read_head(database::statement const& row) {
    archive::report_head head;
    head.number = row.number_at(0);
    head.received = row.number_at(1);
    head.place = row.number_at(2);
    head.kept_since = row.number_at(3);
    if (!row.null_at(4)) {
        head.collected = row.number_at(4);
    }
    if (!row.null_at(5)) {
        head.took = row.number_at(5);
    }
    head.report_id = row.bytes_at(6);
    head.token = row.bytes_at(8);
    return head;
}

void copying::add_keys(std::string const& server_id, archive::report_head const& head) {
    auto const add = [&](std::string const& key) {
        database_
            .prepare("INSERT INTO made.report_keys (key, day, has_id) VALUES (?, ?, ?) "
                     "ON CONFLICT DO NOTHING")
            .blob(key)
            .number(day_of(head.kept_since))
            .number(head.report_id.empty() ? 0 : 1)
            .run();
    };
    if (!head.report_id.empty()) {
        add(key_of_id(server_id, head.report_id));
    }
    if (!head.token.empty()) {
        add(key_of_token(server_id, head.token));
    }
}

std::string copying::body_of(archive::report_head& head, std::string const& results) {
    std::vector<std::pair<std::string, std::string>> kept;
    auto query = database_.prepare(
        "SELECT command, bytes FROM main.outputs WHERE report_id = ? ORDER BY position");
    query.number(head.number);
    while (query.step()) {
        kept.emplace_back(query.bytes_at(0), query.bytes_at(1));
    }
    std::vector<archive::output_view> outputs;
    head.bytes = row_of_report + static_cast<std::int64_t>(results.size());
    for (auto const& [command, bytes] : kept) {
        outputs.push_back({command, bytes});
        head.bytes += row_of_output + static_cast<std::int64_t>(command.size() + bytes.size());
    }
    return archive::write_body(outputs, results);
}

void copying::write_block(std::string const& server_id) {
    if (heads_.empty()) {
        return;
    }
    using archive::report_head;
    auto const body = block_.finish();
    auto const [low, high] = std::ranges::minmax(heads_, {}, &report_head::number);
    auto const size = static_cast<std::int64_t>(body.size()) + row_of_block;
    database_
        .prepare("INSERT INTO made.blocks (server_id, first_at, last_at, first_id, last_id, "
                 "kept_since, reports, bytes, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .text(server_id)
        .number(heads_.front().place)
        .number(heads_.back().place)
        .number(low.number)
        .number(high.number)
        .number(std::ranges::max(heads_, {}, &report_head::kept_since).kept_since)
        .number(static_cast<std::int64_t>(heads_.size()))
        .number(size)
        .blob(body)
        .run();
    kept_bytes_ += size;
    heads_.clear();
    bytes_ = 0;
    if (alive_) {
        alive_();
    }
}

void copying::copy_reports_of(std::string const& server_id) {
    kept_bytes_ = 0;
    std::int64_t place = 0;
    auto rows = database_.prepare(rows_);
    rows.text(server_id);
    while (rows.step()) {
        auto head = read_head(rows);
        auto const body = body_of(head, rows.bytes_at(7));
        bytes_ += static_cast<std::int64_t>(body.size());
        if (heads_.size() == max_reports_of_pack ||
            bytes_ > static_cast<std::int64_t>(max_bytes_of_pack)) {
            write_block(server_id);
            bytes_ = static_cast<std::int64_t>(body.size());
        }
        add_keys(server_id, head);
        block_.add(head, body); // it is not full: a block takes more than that
        place = head.place;
        heads_.push_back(std::move(head));
        ++reports_;
    }
    write_block(server_id);
    database_.prepare("UPDATE made.servers SET kept_bytes = ?, place_at = ? WHERE id = ?")
        .number(kept_bytes_)
        .number(place)
        .text(server_id)
        .run();
}

std::vector<std::string> servers_of(database::sqlite& database) {
    std::vector<std::string> ids;
    auto query = database.prepare("SELECT DISTINCT server_id FROM main.reports");
    while (query.step()) {
        ids.push_back(query.bytes_at(0));
    }
    return ids;
}

void require_all(database::sqlite& database, std::int64_t copied) {
    auto query = database.prepare("SELECT (SELECT count(*) FROM main.reports), (SELECT "
                                  "coalesce(sum(reports), 0) FROM made.blocks)");
    query.step();
    if (query.number_at(0) != copied || query.number_at(1) != copied) {
        throw database::error("the database could not be brought up to date: of its " +
                              std::to_string(query.number_at(0)) + " reports " +
                              std::to_string(copied) + " were found (nothing has changed)");
    }
}

} // namespace

std::int64_t copy_old_database(database::sqlite& old, std::function<void()> const& alive) {
    copying all(old, alive);
    {
        database::transaction change(old);
        for (auto const* const table : {"servers", "feedback", "removed_servers", "facts",
                                        "enrolment_tokens", "enrolments", "refusals"}) {
            copy_table(old, table);
        }
        old.run_script("INSERT INTO made.calls (id, token, server_id, given_at) "
                       "SELECT rowid, token, server_id, given_at FROM main.calls; "
                       "UPDATE made.servers SET last_data_at = coalesce(last_data_at, "
                       "last_report_at)");
        for (auto const& id : servers_of(old)) {
            all.copy_reports_of(id);
        }
        copy_sequence(old, "reports");
        copy_sequence(old, "feedback");
        require_all(old, all.reports());
        change.commit();
    }
    return all.reports();
}

} // namespace trafikito::server::store
