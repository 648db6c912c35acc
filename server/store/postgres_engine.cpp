#include "server/store/postgres_engine.hpp"

#include "server/security/secrets.hpp"
#include "server/store/postgres_schema.hpp"
#include "server/store/store_time.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

namespace trafikito::server::store {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::int64_t servers_counted = 500; ///< in one step, when a day is gone

/// Holding it, a session keeps house, or packs.
constexpr std::string_view try_to_keep_house = "SELECT pg_try_advisory_lock(7204167)";
constexpr std::string_view try_to_be_the_packer = "SELECT pg_try_advisory_lock(7204168)";
constexpr std::chrono::seconds between_tries{1};
/// A partition that somebody reads for long, as a backup does, is not asked for again and again.
constexpr std::chrono::seconds pause_when_in_use{10};

/// Transactions that store reports hold the lock of all changes (database/postgres.cpp).
constexpr std::string_view changes_under_way =
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND "
    "objid = 7204165 AND objsubid = 1 AND granted AND pid <> pg_backend_pid() AND "
    "database = (SELECT oid FROM pg_database WHERE datname = current_database())";

} // namespace

postgres_engine::postgres_engine(std::string const& address, database::access wanted,
                                 database::postgres_patience patience)
    : database_(address, wanted, patience) {
    if (wanted == database::access::read_write) {
        make_tables(database_);
    } else {
        require_current(database_);
    }
}

// Whatever is committed leaves those that are under way.
std::int64_t postgres_engine::data_version() {
    auto query = database_.prepare("SELECT CAST(pg_current_snapshot() AS TEXT)");
    query.step();
    auto const digest = security::sha256(query.bytes_at(0));
    std::int64_t version = 0;
    std::memcpy(&version, digest.data(), sizeof version);
    return version & std::numeric_limits<std::int64_t>::max();
}

std::int64_t postgres_engine::roster_version() {
    auto query = database_.prepare("SELECT version FROM roster_version");
    return query.step() ? query.number_at(0) : 0;
}

std::optional<std::vector<std::string>>
postgres_engine::changed_since(std::int64_t roster_version) {
    static constexpr std::size_t most = 1000;
    std::vector<std::string> ids;
    auto query =
        database_.prepare("SELECT server_id FROM roster_changes WHERE version > ? LIMIT ?");
    query.number(roster_version).number(most + 1);
    while (query.step()) {
        ids.push_back(query.bytes_at(0));
    }
    return ids.size() <= most ? std::optional(std::move(ids)) : std::nullopt;
}

// Nobody is waited for: what was under way at one look may be done at the next one.
postgres_engine::numbers const& postgres_engine::settle() {
    auto const look = [&] {
        std::vector<std::string> all;
        for (auto query = database_.prepare(changes_under_way); query.step();) {
            all.push_back(query.bytes_at(0));
        }
        return all;
    };
    if (!under_way_.empty()) {
        auto const now = look();
        std::erase_if(under_way_,
                      [&](auto const& one) { return std::ranges::find(now, one) == now.end(); });
        if (!under_way_.empty()) {
            return settled_;
        }
        settled_ = settling_;
    }
    auto last = database_.prepare(
        "SELECT CASE WHEN r.is_called THEN r.last_value ELSE 0 END, CASE WHEN v.is_called THEN "
        "v.last_value ELSE 0 END FROM reports_id_seq AS r, fresh_values_id_seq AS v");
    settling_ = last.step() ? numbers{last.number_at(0), last.number_at(1)} : numbers{};
    under_way_ = look();
    if (under_way_.empty()) {
        settled_ = settling_;
    }
    return settled_;
}

bool postgres_engine::holds(std::string_view try_to_lock, std::uint64_t& session,
                            time_point& next_try) {
    if (session != 0 && session == database_.session()) {
        return true;
    }
    auto const now = clock::now();
    if (now < next_try) {
        return false;
    }
    next_try = now + between_tries;
    auto query = database_.prepare(try_to_lock);
    if (!query.step() || query.number_at(0) == 0) {
        return false;
    }
    session = database_.session();
    return true;
}

bool postgres_engine::keeps_house() {
    return holds(try_to_keep_house, house_session_, next_try_to_keep_house_);
}

bool postgres_engine::is_served() {
    auto named = database_.prepare("SELECT count(*) FROM pg_stat_activity WHERE datname = "
                                   "current_database() AND application_name = ?");
    named.text(serving_session);
    if (named.step() && named.number_at(0) != 0) {
        return true;
    }
    auto query = database_.prepare(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = "
        "7204167 AND objsubid = 1 AND granted AND database = (SELECT oid FROM pg_database WHERE "
        "datname = current_database())");
    return query.step() && query.number_at(0) != 0;
}

bool postgres_engine::packs() {
    return holds(try_to_be_the_packer, packing_session_, next_try_to_pack_);
}

void postgres_engine::prepare_for(std::size_t /*bytes*/, std::int64_t day) {
    static constexpr std::size_t most_remembered = 1000;
    if (days_.contains(day) && days_.contains(day + 1)) {
        return;
    }
    auto make = database_.prepare("SELECT CAST(trafikito_make_day(parent, day) AS TEXT) FROM "
                                  "(VALUES ('reports', CAST(?1 AS BIGINT)), ('reports', ?1 + 1), "
                                  "('blocks', ?1), ('blocks', ?1 + 1)) AS wanted (parent, day)");
    make.number(day).run();
    if (days_.size() >= most_remembered) {
        days_.clear();
    }
    days_.insert({day, day + 1});
}

void postgres_engine::number_on() {
    for (std::string_view const sql :
         {"SELECT setval('reports_id_seq', (SELECT max(id) FROM (SELECT last_value AS id FROM "
          "reports_id_seq UNION ALL SELECT max(id) FROM reports UNION ALL SELECT max(last_id) FROM "
          "blocks) AS all_numbers))",
          "SELECT setval('blocks_id_seq', (SELECT max(id) FROM (SELECT last_value AS id FROM "
          "blocks_id_seq UNION ALL SELECT max(id) FROM blocks) AS all_numbers))",
          "SELECT setval('calls_id_seq', (SELECT max(id) FROM (SELECT last_value AS id FROM "
          "calls_id_seq UNION ALL SELECT max(id) FROM calls) AS all_numbers))",
          "SELECT setval('feedback_id_seq', (SELECT max(id) FROM (SELECT last_value AS id FROM "
          "feedback_id_seq UNION ALL SELECT max(id) FROM feedback) AS all_numbers))",
          "SELECT setval('people_id_seq', (SELECT max(id) FROM (SELECT last_value AS id FROM "
          "people_id_seq UNION ALL SELECT max(id) FROM people) AS all_numbers))",
          "SELECT setval('series_id_seq', (SELECT max(id) FROM (SELECT last_value AS id FROM "
          "series_id_seq UNION ALL SELECT max(id) FROM series) AS all_numbers))",
          "SELECT setval('fresh_values_id_seq', (SELECT max(id) FROM (SELECT last_value AS id FROM "
          "fresh_values_id_seq UNION ALL SELECT max(id) FROM fresh_values) AS all_numbers))",
          "SELECT setval('value_blocks_id_seq', (SELECT max(id) FROM (SELECT last_value AS id FROM "
          "value_blocks_id_seq UNION ALL SELECT max(id) FROM value_blocks) AS all_numbers))"}) {
        database_.prepare(sql).run();
    }
}

// Somebody may have dropped a partition that is remembered here: it is made again for the next one
// that comes.
void postgres_engine::with_room(std::size_t /*bytes*/, action const& change,
                                action const& /*forget*/) {
    try {
        change();
    } catch (...) {
        days_.clear();
        throw;
    }
}

bool postgres_engine::count_out(deletions& gone) {
    auto query = database_.prepare(
        "SELECT c.reports, c.bytes FROM (SELECT name FROM kept_days WHERE gone ORDER BY name "
        "LIMIT 1) AS k, LATERAL trafikito_count_out(k.name, ?) AS c");
    query.number(servers_counted);
    if (!query.step()) {
        return false;
    }
    gone.reports += query.number_at(0);
    gone.bytes += query.number_at(1);
    return true;
}

// Too old as a whole; or of a day that is over, with nothing in it any more: its reports are
// packed, and their room goes back to the disk.
bool postgres_engine::take_out_a_day(std::int64_t limit) {
    if (clock::now() < next_take_out_) {
        return false;
    }
    for (std::string_view const sql :
         {"SELECT trafikito_take_out(name, false) FROM (SELECT name FROM kept_days WHERE NOT gone "
          "AND day < ? ORDER BY day LIMIT 1) AS oldest",
          "SELECT trafikito_take_out(name, true) FROM (SELECT name FROM kept_days AS k WHERE NOT "
          "gone AND parent = 'reports' AND day >= ? AND day < (SELECT max(day) FROM kept_days "
          "WHERE parent = 'reports') - 2 ORDER BY day LIMIT 1) AS empty"}) {
        auto query = database_.prepare(sql);
        query.number(day_of(limit));
        auto const result = query.step() ? query.number_at(0) : 0;
        if (result > 0) {
            return true;
        }
        if (result < 0) {
            next_take_out_ = clock::now() + pause_when_in_use;
            return false;
        }
    }
    return false;
}

deletions postgres_engine::forget_reports(std::int64_t limit) {
    static constexpr std::string_view old_keys =
        "DELETE FROM report_keys WHERE key IN (SELECT key FROM report_keys WHERE day < ? LIMIT "
        "1000)";
    deletions gone;
    gone.keys = database_.prepare(old_keys).number(day_of(limit)).run();
    // One after the other: what is taken out is locked until the end of this transaction.
    gone.unfinished = count_out(gone) || take_out_a_day(limit);
    return gone;
}

// The last day is made before it comes: the one before it is today.
deletions postgres_engine::forget_beyond(std::uint64_t bound) {
    deletions gone;
    if (used_bytes() > bound) {
        auto query = database_.prepare(
            "SELECT count(*) FROM (SELECT trafikito_take_out(name, false) AS is_out FROM (SELECT "
            "name FROM kept_days WHERE NOT gone AND day = (SELECT min(day) FROM kept_days WHERE "
            "NOT gone) AND day < (SELECT max(day) FROM kept_days) - 1 ORDER BY name) AS oldest) AS "
            "tried WHERE is_out > 0");
        gone.unfinished = query.step() && query.number_at(0) != 0;
    }
    return gone;
}

std::uint64_t postgres_engine::used_bytes() {
    auto query = database_.prepare(
        "SELECT CAST(coalesce(sum(pg_total_relation_size(oid)), 0) AS BIGINT) FROM pg_class WHERE "
        "relkind = 'r' AND pg_table_is_visible(oid) AND relname IN (SELECT name FROM kept_days "
        "WHERE NOT gone UNION ALL VALUES ('servers'), ('report_keys'), ('calls'), ('feedback'), "
        "('series'), ('fresh_values'), ('value_blocks'))");
    query.step();
    return static_cast<std::uint64_t>(std::max<std::int64_t>(query.number_at(0), 0));
}

namespace {

/// The last number that was read; nothing when there is none below.
std::optional<std::int64_t> read_page(database::connection& database, std::string_view sql,
                                      std::int64_t below) {
    std::optional<std::int64_t> last;
    auto page = database.prepare(sql);
    for (page.number(below); page.step();) {
        last = page.number_at(0);
    }
    return last;
}

} // namespace

// Whether PostgreSQL can read what it has. What a disk changed without its notice is one report's
// or one block's damage, and no reason not to serve (store_check.cpp).
bool postgres_engine::check(std::chrono::milliseconds bound) {
    auto const end = clock::now() + bound;
    for (std::string_view const newest :
         {"SELECT id, body FROM reports WHERE id < ? ORDER BY id DESC LIMIT 8",
          "SELECT id, body FROM blocks WHERE id < ? ORDER BY id DESC LIMIT 20"}) {
        for (std::optional below = std::numeric_limits<std::int64_t>::max(); below;) {
            if (clock::now() >= end) {
                return false;
            }
            below = read_page(database_, newest, *below);
        }
    }
    return true;
}

} // namespace trafikito::server::store
