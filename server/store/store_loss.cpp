// What limits would delete of what is there, before they hold.
#include "server/store/store.hpp"

#include "server/store/store_time.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

namespace trafikito::server::store {

namespace {

constexpr std::int64_t least_loss = 10; ///< reports; of fewer nobody is asked

std::int64_t as_number(std::uint64_t size) {
    return static_cast<std::int64_t>(
        std::min<std::uint64_t>(size, std::numeric_limits<std::int64_t>::max()));
}

/// A report, or a block of them.
struct kept_thing {
    std::int64_t place = 0;
    std::int64_t number = 0; ///< of the report, or the last of the block
    std::int64_t bytes = 0;
    std::int64_t kept_since = 0;
    std::int64_t reports = 0;
};

struct counted {
    std::int64_t rows = 0; ///< of reports and blocks
    std::int64_t reports = 0;
};

counted count_reports_before(database::connection& database, std::int64_t limit) {
    counted found;
    for (std::string_view const sql :
         {"SELECT count(*), count(*) FROM reports WHERE kept_since < ?",
          "SELECT count(*), CAST(coalesce(sum(reports), 0) AS BIGINT) FROM blocks "
          "WHERE kept_since < ?"}) {
        auto query = database.prepare(sql);
        query.number(limit).step();
        found.rows += query.number_at(0);
        found.reports += query.number_at(1);
    }
    return found;
}

/// Of no more than so many rows of each.
std::int64_t count_reports_since(database::connection& database, std::int64_t limit,
                                 std::int64_t most) {
    std::int64_t reports = 0;
    for (std::string_view const sql :
         {"SELECT count(*) FROM (SELECT 1 FROM reports WHERE kept_since >= ? LIMIT ?) AS seen",
          "SELECT CAST(coalesce(sum(reports), 0) AS BIGINT) FROM "
          "(SELECT reports FROM blocks WHERE kept_since >= ? LIMIT ?) AS seen"}) {
        auto query = database.prepare(sql);
        query.number(limit).number(most).step();
        reports += query.number_at(0);
    }
    return reports;
}

/// All of a server, those that give way first before others.
std::vector<kept_thing> oldest_of(database::connection& database, std::string_view server_id) {
    std::vector<kept_thing> all;
    for (std::string_view const sql :
         {"SELECT last_at, last_id, bytes, kept_since, reports FROM blocks WHERE server_id = ?",
          "SELECT data_at, id, bytes, kept_since, 1 FROM reports WHERE server_id = ?"}) {
        auto query = database.prepare(sql);
        for (query.text(server_id); query.step();) {
            all.push_back({query.number_at(0), query.number_at(1), query.number_at(2),
                           query.number_at(3), query.number_at(4)});
        }
    }
    std::ranges::sort(all, [](auto const& one, auto const& other) {
        return std::tie(one.place, one.number) < std::tie(other.place, other.number);
    });
    return all;
}

} // namespace

struct store::machine_loss {
    std::string id;
    std::int64_t excess = 0; ///< bytes beyond the quota
    std::int64_t kept = 0;   ///< bytes
    std::int64_t reports = 0;
    std::int64_t bytes = 0; ///< of them
    bool most = false;
};

// Only machines beyond the quota are looked at, and of them only what would go: as make_way() takes
// it, but for what is too old anyway.
std::vector<store::machine_loss> store::losses_by_quota(std::uint64_t quota,
                                                        std::int64_t kept_until) {
    std::vector<machine_loss> all;
    {
        auto beyond = database_.prepare("SELECT id, kept_bytes - ?1, kept_bytes FROM servers "
                                        "WHERE kept_bytes > ?1 AND "
                                        "id NOT IN (SELECT id FROM removed_servers)");
        beyond.number(as_number(quota));
        while (beyond.step()) {
            all.push_back({.id = beyond.bytes_at(0),
                           .excess = beyond.number_at(1),
                           .kept = beyond.number_at(2)});
        }
    }
    for (auto& one : all) {
        auto left = one.excess;
        for (auto const& each : oldest_of(database_, one.id)) {
            if (left <= 0) {
                break;
            }
            left -= each.bytes;
            if (each.kept_since >= kept_until) {
                one.reports += each.reports;
                one.bytes += each.bytes;
            }
        }
        one.most = one.reports >= least_loss &&
                   (one.bytes * 2 > one.kept || one.reports * 2 > count_reports(one.id));
    }
    return all;
}

// The oldest go first, whose they are: about as many bytes of the disk as are too many.
void store::add_loss_by_size(std::uint64_t bound, std::int64_t kept_until,
                             std::set<std::string>& machines, loss& found) {
    static constexpr std::int64_t page = 4096;
    auto excess = as_number(engine_->used_bytes()) - as_number(bound);
    auto block = database_.prepare(
        "SELECT kept_since, bytes, reports, server_id FROM blocks ORDER BY kept_since");
    auto report =
        database_.prepare("SELECT kept_since, bytes, 1, server_id FROM reports ORDER BY id");
    if (excess <= 0) {
        return;
    }
    bool has_block = block.step();
    bool has_report = report.step();
    while (excess > 0 && (has_block || has_report)) {
        bool const older_block =
            has_block && (!has_report || block.number_at(0) <= report.number_at(0));
        auto& oldest = older_block ? block : report;
        excess -= (oldest.number_at(1) + page - 1) / page * page;
        if (oldest.number_at(0) >= kept_until) {
            found.by_size += oldest.number_at(2);
            found.bytes += oldest.number_at(1);
            machines.insert(oldest.bytes_at(3));
        }
        (older_block ? has_block : has_report) = oldest.step();
    }
}

// What the clock has to say is not for here. A store that is only read has none.
base::wall_time store::limit_of(std::chrono::seconds age) {
    auto clock = clock_ ? *clock_ : retention_clock(remembered_time(), now_(), up_());
    return clock.read(now_(), up_()).now - age;
}

std::optional<loss> store::would_forget_most_values(store_settings const& planned) {
    auto query = database_.prepare("SELECT count(*), CAST(coalesce(sum(CASE WHEN kept_since < ? "
                                   "THEN 1 ELSE 0 END), 0) AS BIGINT) FROM value_blocks");
    query.number(to_stored(limit_of(planned.keep_values))).step();
    loss found;
    found.blocks = query.number_at(0);
    found.values = query.number_at(1);
    bool const most = found.values >= least_loss && found.values * 2 > found.blocks;
    return most ? std::optional(found) : std::nullopt;
}

std::optional<loss> store::would_forget_most(store_settings const& planned) {
    auto const limit = to_stored(limit_of(planned.keep));
    auto const old = count_reports_before(database_, limit);
    loss found;
    found.by_age = old.reports;
    std::set<std::string> machines;
    bool of_one = false;
    if (planned.machine_quota != 0) {
        for (auto const& each : losses_by_quota(planned.machine_quota, limit)) {
            found.by_quota += each.reports;
            found.bytes += each.bytes;
            of_one = of_one || each.most;
            machines.insert(each.id);
        }
    }
    if (planned.keep_size != 0) {
        add_loss_by_size(planned.keep_size, limit, machines, found);
    }
    auto const reports = found.by_age + found.by_quota + found.by_size;
    auto const is_less_than_half = [&](std::int64_t most_rows) {
        found.stored = old.reports + count_reports_since(database_, limit, most_rows);
        return reports < least_loss || reports * 2 <= found.stored;
    };
    // As a rule most stays: then twice as many rows show it, of a database however large.
    if (!of_one && is_less_than_half(2 * old.rows + least_loss)) {
        return std::nullopt;
    }
    if (is_less_than_half(std::numeric_limits<std::int64_t>::max()) && !of_one) {
        return std::nullopt;
    }
    for (std::string_view const sql :
         {"SELECT server_id, CAST(sum(bytes) AS BIGINT) FROM reports WHERE kept_since < ? "
          "GROUP BY server_id",
          "SELECT server_id, CAST(sum(bytes) AS BIGINT) FROM blocks WHERE kept_since < ? "
          "GROUP BY server_id"}) {
        auto query = database_.prepare(sql);
        for (query.number(limit); query.step();) {
            machines.insert(query.bytes_at(0));
            found.bytes += query.number_at(1);
        }
    }
    found.machines = static_cast<std::int64_t>(machines.size());
    return found;
}

} // namespace trafikito::server::store
