// The store's reports as they are read: those of the last hour as they came, older ones out of
// blocks.
#include "server/store/store.hpp"

#include "server/archive/number_text.hpp"
#include "server/archive/report_block.hpp"
#include "server/archive/report_body.hpp"
#include "server/store/store_time.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace trafikito::server::store {

namespace {

constexpr std::size_t most_at_once = 100;
constexpr std::int64_t blocks_at_once = 8; ///< a database hands over all that was asked for

#define TRAFIKITO_REPORTS                                                                          \
    "SELECT r.id, s.id, s.name, r.received_at, r.collected_at, r.report_id, r.data_at FROM "       \
    "reports r JOIN servers s ON s.id = r.server_id "
#define TRAFIKITO_BLOCKS                                                                           \
    "SELECT b.id, s.id, s.name, b.last_at, b.last_id, b.first_id FROM blocks b JOIN servers s ON " \
    "s.id = b.server_id "
constexpr std::string_view reports_of_server = TRAFIKITO_REPORTS
    "WHERE r.server_id = ? AND r.id <= ? ORDER BY r.data_at DESC, r.id DESC LIMIT ?";
constexpr std::string_view later_reports =
    TRAFIKITO_REPORTS "WHERE r.id > ? AND r.id <= ? ORDER BY r.id LIMIT ?";
constexpr std::string_view blocks_of_server =
    TRAFIKITO_BLOCKS "WHERE b.server_id = ? AND b.first_id <= ? AND (b.last_at, b.id) < (?, ?) "
                     "ORDER BY b.last_at DESC, b.id DESC LIMIT ?";
constexpr std::string_view later_blocks = TRAFIKITO_BLOCKS
    "WHERE b.last_id > ? AND (b.first_id, b.id) > (?, ?) ORDER BY b.first_id, b.id LIMIT ?";
#undef TRAFIKITO_REPORTS
#undef TRAFIKITO_BLOCKS

struct placed_report {
    std::int64_t place = 0;
    report_row row;
};

bool is_later(placed_report const& one, placed_report const& other) {
    return std::tie(one.place, one.row.id) > std::tie(other.place, other.row.id);
}

placed_report read_report(database::statement const& query) {
    placed_report one;
    one.place = query.number_at(6);
    one.row.id = query.number_at(0);
    one.row.server_id = query.bytes_at(1);
    one.row.server_name = query.bytes_at(2);
    one.row.received = from_stored(query.number_at(3));
    one.row.collected = time_at(query, 4);
    one.row.report_id = query.bytes_at(5);
    return one;
}

placed_report packed_report(archive::report_head const& head, database::statement const& block) {
    placed_report one;
    one.place = head.place;
    one.row.id = head.number;
    one.row.block = block.number_at(0);
    one.row.server_id = block.bytes_at(1);
    one.row.server_name = block.bytes_at(2);
    one.row.received = from_stored(head.received);
    if (head.collected) {
        one.row.collected = from_stored(*head.collected);
    }
    one.row.report_id = head.report_id;
    return one;
}

/// Nothing that was damaged is left out without a word.
template <typename Read>
auto readable(std::string const& what, Read read) {
    try {
        return read();
    } catch (archive::unreadable const& wrong) {
        throw store_damaged(what + " cannot be read: " + wrong.what() +
                            " (`trafikito-server check --full` looks at all of it)");
    }
}

std::string block_name(std::int64_t number) {
    return "block " + std::to_string(number) + " of the database";
}

std::string body_of_block(database::connection& database, std::int64_t number) {
    auto query = database.prepare("SELECT body FROM blocks WHERE id = ?");
    return query.number(number).step() ? query.bytes_at(0) : std::string();
}

/// In the place of the reports of a block that does not say which they are: who asks for its
/// outputs is told. It hides no other.
placed_report damaged_reports(database::statement const& block) {
    placed_report one;
    one.place = block.number_at(3);
    one.row.id = block.number_at(4);
    one.row.block = block.number_at(0);
    one.row.server_id = block.bytes_at(1);
    one.row.server_name = block.bytes_at(2);
    one.row.received = from_stored(one.place);
    return one;
}

/// The reports of a block whose number is in the range.
void add_reports_of(database::connection& database, database::statement const& block,
                    std::int64_t above, std::int64_t until, std::vector<placed_report>& to) {
    std::vector<archive::report_head> heads;
    try {
        auto const body = body_of_block(database, block.number_at(0));
        heads = archive::block_reader(body).heads();
    } catch (archive::unreadable const&) {
        to.push_back(damaged_reports(block));
    } catch (store_damaged const&) {
        to.push_back(damaged_reports(block));
    }
    for (auto const& head : heads) {
        if (head.number > above && head.number <= until) {
            to.push_back(packed_report(head, block));
        }
    }
}

/// What is read is as it was at one moment, although others pack meanwhile.
class one_moment {
public:
    explicit one_moment(database::connection& database) {
        if (!database.in_transaction()) {
            whole_.emplace(database, database::holding::nothing);
        }
    }

private:
    std::optional<database::transaction> whole_;
};

std::vector<report_row> rows_of(std::vector<placed_report>&& all) {
    std::vector<report_row> rows;
    rows.reserve(all.size());
    for (auto& one : all) {
        rows.push_back(std::move(one.row));
    }
    return rows;
}

/// The block that holds the report, with its place in there; nothing when it is not in that one.
template <typename Read>
auto from_body(std::int64_t block, std::string const& body, std::int64_t report, Read read) {
    return readable(
        block_name(block),
        [&]() -> std::optional<
                  std::invoke_result_t<Read&, archive::block_reader const&, std::size_t>> {
            archive::block_reader const packed(body);
            auto const& heads = packed.heads();
            auto const head = std::ranges::find(heads, report, &archive::report_head::number);
            if (head == heads.end()) {
                return std::nullopt;
            }
            return read(packed, static_cast<std::size_t>(head - heads.begin()));
        });
}

/// Of a report that is packed, or was since it was found.
template <typename Read>
auto from_block(database::connection& database, report_row const& report, Read read)
    -> std::optional<std::invoke_result_t<Read&, archive::block_reader const&, std::size_t>> {
    if (report.block != 0) {
        auto query = database.prepare("SELECT id, body FROM blocks WHERE id = ?");
        return query.number(report.block).step()
                   ? from_body(report.block, query.bytes_at(1), report.id, read)
                   : std::nullopt; // it was deleted
    }
    auto query = database.prepare("SELECT id, body FROM blocks WHERE server_id = ?1 AND "
                                  "first_id <= ?2 AND last_id >= ?2");
    query.text(report.server_id).number(report.id);
    while (query.step()) {
        if (auto found = from_body(query.number_at(0), query.bytes_at(1), report.id, read)) {
            return found;
        }
    }
    return std::nullopt;
}

/// As it came, unless it is packed.
std::optional<std::string> body_of(database::connection& database, report_row const& report) {
    if (report.block != 0) {
        return std::nullopt;
    }
    auto query = database.prepare("SELECT body FROM reports WHERE id = ?");
    query.number(report.id);
    return query.step() ? std::optional(query.bytes_at(0)) : std::nullopt;
}

} // namespace

std::vector<report_row> store::last_reports(std::string_view id, std::int64_t count,
                                            std::int64_t until) {
    one_moment const all_at_once(database_);
    auto const wanted = static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
    std::vector<placed_report> all;
    {
        auto query = database_.prepare(reports_of_server);
        query.text(id).number(until).number(count);
        while (query.step()) {
            all.push_back(read_report(query));
        }
    }
    constexpr auto highest = std::numeric_limits<std::int64_t>::max();
    for (std::pair before(highest, highest); before.second != 0;) {
        auto block = database_.prepare(blocks_of_server);
        block.text(id).number(until).number(before.first).number(before.second);
        block.number(blocks_at_once);
        for (before = {}; block.step(); before = {block.number_at(3), block.number_at(0)}) {
            std::ranges::sort(all, is_later);
            if (all.size() >= wanted &&
                (wanted == 0 || block.number_at(3) < all[wanted - 1].place)) {
                before = {};
                break;
            }
            add_reports_of(database_, block, std::numeric_limits<std::int64_t>::min(), until, all);
        }
    }
    std::ranges::sort(all, is_later);
    all.resize(std::min(all.size(), wanted));
    std::ranges::reverse(all);
    return rows_of(std::move(all));
}

std::vector<report_row> store::reports_after(std::int64_t id) {
    auto const until = engine_->settled_number();
    one_moment const all_at_once(database_);
    std::vector<placed_report> all;
    {
        auto query = database_.prepare(later_reports);
        query.number(id).number(until).number(static_cast<std::int64_t>(most_at_once));
        while (query.step()) {
            all.push_back(read_report(query));
        }
    }
    auto const sort = [&] {
        std::ranges::sort(all, {}, [](auto const& one) { return one.row.id; });
    };
    // Blocks lie one over the other: of several servers in the same hour.
    for (std::pair<std::int64_t, std::int64_t> before(0, 0); before.second >= 0;) {
        auto block = database_.prepare(later_blocks);
        block.number(id).number(before.first).number(before.second).number(blocks_at_once);
        for (before = {0, -1}; block.step(); before = {block.number_at(5), block.number_at(0)}) {
            sort();
            if (all.size() >= most_at_once && block.number_at(5) > all[most_at_once - 1].row.id) {
                before = {0, -1};
                break;
            }
            add_reports_of(database_, block, id, until, all);
        }
    }
    sort();
    all.resize(std::min(all.size(), most_at_once));
    return rows_of(std::move(all));
}

std::int64_t store::last_report_id() {
    auto query = database_.prepare("SELECT CASE WHEN r > b THEN r ELSE b END FROM (SELECT "
                                   "(SELECT coalesce(max(id), 0) FROM reports) AS r, "
                                   "(SELECT coalesce(max(last_id), 0) FROM blocks) AS b) AS last");
    query.step();
    return std::min(query.number_at(0), engine_->settled_number());
}

std::vector<output_row> store::outputs(report_row const& report) {
    std::vector<output_row> rows;
    if (auto const body = body_of(database_, report)) {
        readable("report " + std::to_string(report.id), [&] {
            for (auto const& one : archive::read_body(*body).outputs) {
                rows.push_back({std::string(one.command), std::string(one.bytes)});
            }
            return true;
        });
        return rows;
    }
    auto packed = from_block(database_, report, [](auto const& block, std::size_t place) {
        return block.outputs(place);
    });
    for (auto& one : packed.value_or(std::vector<archive::block_reader::output>())) {
        rows.push_back({std::move(one.command), std::move(one.bytes)});
    }
    return rows;
}

std::string store::results(report_row const& report) {
    if (auto const body = body_of(database_, report)) {
        return readable("report " + std::to_string(report.id),
                        [&] { return std::string(archive::read_body(*body).results); });
    }
    return from_block(database_, report,
                      [](auto const& block, std::size_t place) { return block.results(place); })
        .value_or("");
}

std::optional<base::wall_time> store::oldest_data(std::string_view id) {
    one_moment const all_at_once(database_);
    std::optional<base::wall_time> oldest;
    for (std::string_view const sql : {"SELECT min(data_at) FROM reports WHERE server_id = ?",
                                       "SELECT min(first_at) FROM blocks WHERE server_id = ?"}) {
        auto query = database_.prepare(sql);
        query.text(id);
        auto const found = query.step() ? time_at(query, 0) : std::nullopt;
        oldest = oldest && found ? std::min(*oldest, *found) : found ? found : oldest;
    }
    return oldest;
}

std::int64_t store::count_reports(std::string_view id) {
    one_moment const all_at_once(database_);
    std::int64_t count = 0;
    for (std::string_view const sql :
         {"SELECT count(*) FROM reports WHERE server_id = ?",
          "SELECT CAST(coalesce(sum(reports), 0) AS BIGINT) FROM blocks WHERE server_id = ?"}) {
        auto query = database_.prepare(sql);
        query.text(id);
        count += query.step() ? query.number_at(0) : 0;
    }
    return count;
}

} // namespace trafikito::server::store
