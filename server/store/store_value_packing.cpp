// The store's values on their way into blocks, what blocks are thinned to with time, and how they
// go.
#include "server/store/store.hpp"

#include "server/archive/number_text.hpp"
#include "server/store/store_room.hpp"
#include "server/store/store_time.hpp"
#include "server/store/value_pack.hpp"
#include "server/store/value_sums.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace trafikito::server::store {

namespace {

using std::chrono::milliseconds;

constexpr std::int64_t day = 24L * 60 * 60 * 1000;
constexpr std::int64_t milliseconds_young = 60L * 60 * 1000;
constexpr std::int64_t most_servers = 1000;
constexpr std::int64_t most_blocks_thinned = 64; ///< into one, at once
constexpr std::int64_t rows_forgotten = 200;
constexpr std::int64_t blocks_forgotten = 50;
constexpr auto beginning_of_time = std::numeric_limits<std::int64_t>::min();
constexpr auto end_of_time = std::numeric_limits<std::int64_t>::max();

/// Blocks of a step are thinned to the next one together that begin in the same span of time: so
/// that a block always holds some hundred points of a series.
struct thinning {
    std::int64_t from_step;
    std::int64_t to_step;
    std::int64_t kept;
    std::int64_t span;
};
constexpr std::array thinnings{
    thinning{kept_steps[0], kept_steps[1], milliseconds(kept_as_they_came).count(), day},
    thinning{kept_steps[1], kept_steps[2], milliseconds(kept_of_minutes).count(), 4 * day},
};

/// The number of the first row that came later.
std::int64_t first_row_after(database::connection& database, std::int64_t kept_since) {
    auto ends = database.prepare("SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM "
                                 "fresh_values");
    ends.step();
    auto low = ends.number_at(0);
    auto high = ends.number_at(1) + 1;
    while (low < high) {
        auto const middle = low + (high - low) / 2;
        auto next = database.prepare(
            "SELECT id, kept_since FROM fresh_values WHERE id >= ? ORDER BY id LIMIT 1");
        bool const there = next.number(middle).step();
        if (!there || next.number_at(1) > kept_since) {
            high = middle;
        } else {
            low = next.number_at(0) + 1;
        }
    }
    return low;
}

void note_fault(value_pack& pack, char const* what, std::int64_t number, char const* why) {
    pack.fault = std::string(what) + " " + std::to_string(number) + " of the values of server " +
                 pack.server_id + " could not be read and is left out of its charts: " + why;
}

bool has_bounds(values::value_block const& block) {
    return block.times.size() <= values::max_block_times &&
           block.columns.size() <= values::max_block_series;
}

void finish(value_pack& pack, value_sums& sums) {
    auto const block = block_of(sums.take(), pack.step);
    if (!has_bounds(block)) { // what a machine sent in half an hour of reports each second
        pack.body.clear();
        return;
    }
    pack.first_at = block.times.empty() ? 0 : block.times.front();
    pack.last_at =
        block.times.empty() ? 0 : block.times.back() + std::max<std::int64_t>(pack.step - 1, 0);
    pack.body = values::write_block(block);
}

} // namespace

std::vector<std::string> store::servers_with_values_to_pack(base::wall_time now) {
    auto const young = first_row_after(database_, to_stored(now) - milliseconds_young);
    auto const old = first_row_after(database_, to_stored(now) - milliseconds_fresh_values);
    std::vector<std::string> ids;
    auto query = database_.prepare(
        "SELECT server_id, min(id) AS oldest FROM fresh_values WHERE id < ? GROUP BY server_id "
        "HAVING count(*) >= ? OR min(id) < ? ORDER BY oldest LIMIT ?");
    query.number(young).number(enough_values_to_pack).number(old).number(most_servers);
    while (query.step()) {
        ids.push_back(query.bytes_at(0));
    }
    return ids;
}

// One that cannot be read is left out of the block, and goes with its rows: that is said, and a
// chart has a gap.
std::optional<value_pack> store::pack_values(std::string_view server_id, base::wall_time now) {
    auto const limit = to_stored(now) - milliseconds_young;
    value_pack pack;
    pack.server_id = server_id;
    value_sums sums(beginning_of_time, end_of_time, 0);
    auto query = database_.prepare("SELECT id, data_at, kept_since, body FROM fresh_values WHERE "
                                   "server_id = ? ORDER BY data_at, id LIMIT ?");
    query.text(server_id).number(most_rows_of_block);
    while (query.step()) {
        if (query.number_at(2) > limit) {
            continue;
        }
        pack.rows.push_back(query.number_at(0));
        pack.kept_since = std::max(pack.kept_since, query.number_at(2));
        try {
            sums.add(query.number_at(1), values::read_fresh(query.bytes_at(3)));
        } catch (archive::unreadable const& wrong) {
            note_fault(pack, "row", query.number_at(0), wrong.what());
        }
    }
    if (pack.rows.empty()) {
        return std::nullopt;
    }
    std::ranges::sort(pack.rows);
    finish(pack, sums);
    return pack;
}

namespace {

struct oldest_block {
    std::string server_id;
    std::int64_t first_at = 0;
};

std::optional<oldest_block> oldest_to_thin(database::connection& database, thinning const& how,
                                           std::int64_t now) {
    auto query = database.prepare("SELECT server_id, first_at FROM value_blocks WHERE step = ? AND "
                                  "kept_since < ? ORDER BY kept_since LIMIT 1");
    query.number(how.from_step).number(now - how.kept - how.span);
    return query.step() ? std::optional(oldest_block{query.bytes_at(0), query.number_at(1)})
                        : std::nullopt;
}

value_pack thin(database::connection& database, thinning const& how, oldest_block const& oldest) {
    auto const begin = (oldest.first_at / how.span) * how.span;
    value_pack pack;
    pack.server_id = oldest.server_id;
    pack.step = how.to_step;
    value_sums sums(beginning_of_time, end_of_time, how.to_step);
    auto query = database.prepare(
        "SELECT id, kept_since, body FROM value_blocks WHERE server_id = ? AND step = ? AND "
        "first_at >= ? AND first_at < ? ORDER BY last_at, id LIMIT ?");
    query.text(oldest.server_id).number(how.from_step).number(begin).number(begin + how.span);
    query.number(most_blocks_thinned);
    while (query.step()) {
        pack.blocks.push_back(query.number_at(0));
        pack.kept_since = std::max(pack.kept_since, query.number_at(1));
        try {
            sums.add(values::read_block(query.bytes_at(2)));
        } catch (archive::unreadable const& wrong) {
            note_fault(pack, "block", query.number_at(0), wrong.what());
        }
    }
    std::ranges::sort(pack.blocks);
    finish(pack, sums);
    return pack;
}

} // namespace

std::optional<value_pack> store::thin_values(base::wall_time now) {
    for (auto const& how : thinnings) {
        if (auto const oldest = oldest_to_thin(database_, how, to_stored(now))) {
            return thin(database_, how, *oldest);
        }
    }
    return std::nullopt;
}

// Lowest number first, as of reports.
bool store::replace_by_block(value_pack const& pack) {
    return with_reserve([&] {
        database::transaction change(database_, database::holding::shared);
        std::vector<database::statement> gone;
        gone.reserve(pack.rows.size() + pack.blocks.size());
        for (auto const number : pack.rows) {
            gone.push_back(database_.prepare("DELETE FROM fresh_values WHERE id = ?"));
            gone.back().number(number).send();
        }
        for (auto const number : pack.blocks) {
            gone.push_back(database_.prepare("DELETE FROM value_blocks WHERE id = ?"));
            gone.back().number(number).send();
        }
        if (!std::ranges::all_of(gone, [](auto& one) { return one.run() == 1; })) {
            return false;
        }
        if (!pack.body.empty()) {
            database_
                .prepare("INSERT INTO value_blocks (server_id, step, first_at, last_at, "
                         "kept_since, body) VALUES (?, ?, ?, ?, ?, ?)")
                .text(pack.server_id)
                .number(pack.step)
                .number(pack.first_at)
                .number(pack.last_at)
                .number(pack.kept_since)
                .blob(pack.body)
                .send();
        }
        change.commit();
        return true;
    });
}

// Rows are as old as their numbers say.
std::int64_t store::forget_values(std::int64_t limit) {
    auto gone = database_
                    .prepare("DELETE FROM fresh_values WHERE id IN (SELECT id FROM (SELECT id, "
                             "kept_since FROM fresh_values ORDER BY id LIMIT ?) AS oldest WHERE "
                             "kept_since < ?)")
                    .number(rows_forgotten)
                    .number(limit)
                    .run();
    for (auto const step : kept_steps) {
        gone += database_
                    .prepare("DELETE FROM value_blocks WHERE id IN (SELECT id FROM value_blocks "
                             "WHERE step = ? AND kept_since < ? ORDER BY kept_since LIMIT ?)")
                    .number(step)
                    .number(limit)
                    .number(blocks_forgotten)
                    .run();
    }
    return gone;
}

deletions store::forget_oldest_values() {
    std::optional<std::int64_t> oldest;
    for (std::string_view const sql :
         {"SELECT kept_since FROM reports ORDER BY id LIMIT 1",
          "SELECT kept_since FROM blocks ORDER BY kept_since LIMIT 1"}) {
        auto query = database_.prepare(sql);
        if (query.step()) {
            oldest = std::min(oldest.value_or(end_of_time), query.number_at(0));
        }
    }
    deletions gone;
    gone.values = forget_values(oldest.value_or(end_of_time));
    return gone;
}

} // namespace trafikito::server::store
