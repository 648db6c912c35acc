// The store's reports as they are read: those of the last hour as they came, older ones out of
// blocks.
#include "server/store/store.hpp"

#include "server/archive/number_text.hpp"
#include "server/archive/report_block.hpp"
#include "server/archive/report_body.hpp"
#include "server/store/placed_report.hpp"
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
    "SELECT b.id, s.id, s.name, b.last_at, b.last_id, b.first_id, b.first_at FROM blocks b JOIN "  \
    "servers s ON "                                                                                \
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
#define TRAFIKITO_REPORTS_IN                                                                       \
    TRAFIKITO_REPORTS "WHERE r.server_id = ? AND r.data_at >= ? AND r.data_at <= ? ORDER BY "
constexpr std::string_view newest_reports_in =
    TRAFIKITO_REPORTS_IN "r.data_at DESC, r.id DESC LIMIT ?";
constexpr std::string_view oldest_reports_in = TRAFIKITO_REPORTS_IN "r.data_at, r.id LIMIT ?";
#undef TRAFIKITO_REPORTS_IN
#undef TRAFIKITO_REPORTS
#define TRAFIKITO_BLOCKS_IN                                                                        \
    TRAFIKITO_BLOCKS "WHERE b.server_id = ? AND b.last_at >= ? AND b.first_at <= ? "
constexpr std::string_view newest_blocks_in =
    TRAFIKITO_BLOCKS_IN "AND (b.last_at, b.id) < (?, ?) ORDER BY b.last_at DESC, b.id DESC LIMIT ?";
constexpr std::string_view oldest_blocks_in =
    TRAFIKITO_BLOCKS_IN "AND (b.first_at, b.id) > (?, ?) ORDER BY b.first_at, b.id LIMIT ?";
#undef TRAFIKITO_BLOCKS_IN
#undef TRAFIKITO_BLOCKS

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
            add_reports_of(
                database_, block, [&](auto const& head) { return head.number <= until; }, all);
        }
    }
    std::ranges::sort(all, is_later);
    all.resize(std::min(all.size(), wanted));
    std::ranges::reverse(all);
    return rows_of(std::move(all));
}

// What is wanted is there when the blocks that are left lie beyond it: those that end earlier, or
// begin later.
std::vector<report_row> store::reports_in(std::string_view id, base::wall_time from,
                                          base::wall_time to, std::int64_t count,
                                          first_come order) {
    one_moment const all_at_once(database_);
    bool const newest = order == first_come::newest;
    auto const wanted = static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
    auto const begin = to_stored(from);
    auto const end = to_stored(to);
    std::vector<placed_report> all;
    {
        auto query = database_.prepare(newest ? newest_reports_in : oldest_reports_in);
        query.text(id).number(begin).number(end).number(count);
        while (query.step()) {
            all.push_back(read_report(query));
        }
    }
    auto const sort = [&] {
        std::ranges::sort(all, [&](auto const& one, auto const& other) {
            return newest ? is_later(one, other) : is_later(other, one);
        });
    };
    auto const in_range = [&](auto const& head) {
        return head.place >= begin && head.place <= end;
    };
    constexpr auto highest = std::numeric_limits<std::int64_t>::max();
    constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
    std::pair beyond(newest ? highest : lowest, newest ? highest : lowest);
    for (std::int64_t read = blocks_at_once; read == blocks_at_once;) {
        sort();
        if (all.size() >= wanted &&
            (wanted == 0 || (newest ? beyond.first < all[wanted - 1].place
                                    : beyond.first > all[wanted - 1].place))) {
            break;
        }
        auto block = database_.prepare(newest ? newest_blocks_in : oldest_blocks_in);
        block.text(id).number(begin).number(end).number(beyond.first).number(beyond.second);
        block.number(blocks_at_once);
        for (read = 0; block.step(); ++read) {
            beyond = {block.number_at(newest ? 3 : 6), block.number_at(0)};
            add_reports_of(database_, block, in_range, all);
        }
    }
    sort();
    all.resize(std::min(all.size(), wanted));
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
            add_reports_of(
                database_, block,
                [&](auto const& head) { return head.number > id && head.number <= until; }, all);
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
