// The store's numbers out of outputs as they are read: those of the last hour as they came, older
// ones out of blocks.
#include "server/store/store.hpp"

#include "server/archive/number_text.hpp"
#include "server/store/store_time.hpp"
#include "server/store/value_pack.hpp"
#include "server/store/value_sums.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace trafikito::server::store {

namespace {

constexpr std::int64_t most_points = 2048;         ///< of one series, but for what came as it is
constexpr std::size_t most_as_they_came = 400'000; ///< points of all series: some 20 MB
constexpr std::int64_t blocks_at_once = 16;
constexpr std::size_t most_rows = 10'000;

/// Nothing of what was damaged: a chart has a gap there, and is none the worse elsewhere. Who packs
/// it, and `check --full`, say so.
template <typename Read>
auto readable(std::int64_t& damaged, Read read) -> std::invoke_result_t<Read&> {
    try {
        return read();
    } catch (archive::unreadable const&) {
        ++damaged;
        return {};
    }
}

struct range {
    std::string_view server_id;
    std::int64_t from = 0;
    std::int64_t to = 0;
};

void add_fresh(database::connection& database, range const& wanted, value_sums& to,
               std::int64_t& damaged) {
    auto query = database.prepare("SELECT id, data_at, body FROM fresh_values WHERE server_id = ? "
                                  "AND data_at >= ? AND data_at < ? ORDER BY data_at, id");
    query.text(wanted.server_id).number(wanted.from).number(wanted.to);
    while (query.step()) {
        auto const body = query.bytes_at(2);
        to.add(query.number_at(1), readable(damaged, [&] { return values::read_fresh(body); }));
    }
}

/// Those that hold points of one step, a few at a time: a database hands over all that was asked
/// for.
template <typename Use>
void each_block(database::connection& database, range const& wanted, std::int64_t step,
                std::int64_t& damaged, Use use) {
    std::pair<std::int64_t, std::int64_t> before(wanted.from, -1);
    for (bool more = true; more;) {
        more = false;
        auto query = database.prepare(
            "SELECT id, last_at, body FROM value_blocks WHERE server_id = ? AND step = ? AND "
            "last_at >= ? AND (last_at, id) > (?, ?) AND first_at < ? ORDER BY last_at, id LIMIT "
            "?");
        query.text(wanted.server_id).number(step).number(before.first);
        query.number(before.first).number(before.second).number(wanted.to).number(blocks_at_once);
        while (query.step()) {
            auto const body = query.bytes_at(2);
            before = {query.number_at(1), query.number_at(0)};
            more = true;
            use(readable(damaged, [&] { return values::read_block(body); }));
        }
    }
}

/// The largest step of what is there.
std::int64_t kept_step(database::connection& database, range const& wanted) {
    std::int64_t found = 0;
    for (auto const step : kept_steps) {
        auto query = database.prepare("SELECT 1 FROM value_blocks WHERE server_id = ? AND step = ? "
                                      "AND last_at >= ? AND first_at < ? LIMIT 1");
        query.text(wanted.server_id).number(step).number(wanted.from).number(wanted.to);
        found = query.step() ? std::max(found, step) : found;
    }
    return found;
}

/// False when there is too much as it came.
bool add_all(database::connection& database, range const& wanted, std::int64_t step, value_sums& to,
             std::int64_t& damaged) {
    bool fits = true;
    damaged = 0;
    for (auto const each : kept_steps) {
        each_block(database, wanted, each, damaged, [&](values::value_block const& block) {
            fits = fits && (step != 0 || to.size() <= most_as_they_came);
            if (fits) {
                to.add(block);
            }
        });
    }
    add_fresh(database, wanted, to, damaged);
    return fits && (step != 0 || to.size() <= most_as_they_came);
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

} // namespace

std::vector<series_row> store::series(std::string_view server_id) {
    std::vector<series_row> rows;
    auto query = database_.prepare("SELECT id, command, name, instance, unit, chart FROM series "
                                   "WHERE server_id = ? ORDER BY command, name, instance");
    query.text(server_id);
    while (query.step()) {
        rows.push_back({.id = query.number_at(0),
                        .command = query.bytes_at(1),
                        .name = query.bytes_at(2),
                        .instance = query.bytes_at(3),
                        .unit = query.bytes_at(4),
                        .chart = query.bytes_at(5)});
    }
    return rows;
}

points_of_server store::points(std::string_view server_id, base::wall_time from, base::wall_time to,
                               std::chrono::milliseconds step) {
    one_moment const all_at_once(database_);
    range const wanted{server_id, to_stored(from), to_stored(to)};
    auto const length = std::max<std::int64_t>(wanted.to - wanted.from, 0);
    auto const least = length / most_points + 1;
    auto each = std::max<std::int64_t>(step.count(), 0);
    each = std::max(each, kept_step(database_, wanted));
    if (each != 0) {
        each = std::max(each, least);
    }
    points_of_server found;
    value_sums sums(wanted.from, wanted.to, each);
    if (!add_all(database_, wanted, each, sums, found.damaged)) {
        each = std::max(each, least);
        sums = value_sums(wanted.from, wanted.to, each);
        add_all(database_, wanted, each, sums, found.damaged);
    }
    found.step = std::chrono::milliseconds(each);
    for (auto const& [series, points] : sums.take()) {
        auto& one = found.series.emplace_back();
        one.series = series;
        one.points.reserve(points.size());
        for (auto const& point : points) {
            one.points.push_back(
                {from_stored(point.at), point.average, point.minimum, point.maximum});
        }
    }
    return found;
}

std::vector<fresh_values_row> store::values_after(std::int64_t id, std::size_t limit) {
    auto const until = engine_->settled_values();
    std::vector<fresh_values_row> rows;
    std::int64_t damaged = 0;
    auto query = database_.prepare("SELECT id, server_id, data_at, body FROM fresh_values WHERE id "
                                   "> ? AND id <= ? ORDER BY id LIMIT ?");
    query.number(id).number(until).number(static_cast<std::int64_t>(std::min(limit, most_rows)));
    while (query.step()) {
        auto const number = query.number_at(0);
        auto const body = query.bytes_at(3);
        auto& one = rows.emplace_back();
        one.id = number;
        one.server_id = query.bytes_at(1);
        one.at = from_stored(query.number_at(2));
        one.values = readable(damaged, [&] { return values::read_fresh(body); });
    }
    return rows;
}

std::int64_t store::last_values_id() {
    auto query = database_.prepare("SELECT coalesce(max(id), 0) FROM fresh_values");
    query.step();
    return std::min(query.number_at(0), engine_->settled_values());
}

} // namespace trafikito::server::store
