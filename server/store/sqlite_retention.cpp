// How SQLite forgets: a bite at a time, so that nobody who writes waits for longer, and what it
// took of the disk is given back the same way.
#include "server/store/sqlite_engine.hpp"

#include "server/store/store_time.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace trafikito::server::store {

namespace {

using clock = std::chrono::steady_clock;

/// Of one bite, the commit not counted. One thing always goes, however long that takes.
constexpr std::chrono::milliseconds longest_bite{3};
constexpr std::int64_t largest_bite = 4L * 1024 * 1024;
constexpr std::int64_t keys_at_once = 100;
/// An agent keeps reports for a day or so: one that comes again is known for as long, although it
/// had to go.
constexpr std::int64_t days_of_keys = 2;

// Free pages: so many, or such a part of all, are worth the work; and when it ends.
constexpr std::int64_t worth_it = 24;
constexpr std::int64_t part_worth_it = 8;
constexpr std::int64_t enough = 8;
constexpr std::int64_t part_enough = 32;
constexpr std::int64_t incremental = 2; ///< as PRAGMA auto_vacuum says it

} // namespace

class sqlite_engine::bite {
public:
    bool goes_on(std::int64_t bytes = 0) { ///< after so many more
        bytes_ += bytes;
        return bytes_ < largest_bite && clock::now() < end_;
    }

private:
    clock::time_point end_ = clock::now() + longest_bite;
    std::int64_t bytes_ = 0;
};

/// A report, or a block of them.
struct sqlite_engine::oldest {
    bool is_block = false;
    std::int64_t number = 0;
    std::int64_t kept_since = 0;
    std::string server_id;
    std::int64_t bytes = 0;
    std::int64_t reports = 1;
};

std::int64_t sqlite_engine::pragma(std::string_view sql) {
    auto query = database_.prepare(sql);
    return query.step() ? query.number_at(0) : 0;
}

// Reports are as old as their numbers say.
std::optional<sqlite_engine::oldest> sqlite_engine::oldest_report() {
    auto query = database_.prepare(
        "SELECT id, kept_since, server_id, bytes FROM reports ORDER BY id LIMIT 1");
    if (!query.step()) {
        return std::nullopt;
    }
    return oldest{.number = query.number_at(0),
                  .kept_since = query.number_at(1),
                  .server_id = query.bytes_at(2),
                  .bytes = query.number_at(3)};
}

std::optional<sqlite_engine::oldest> sqlite_engine::oldest_block() {
    auto query = database_.prepare("SELECT id, kept_since, server_id, bytes, reports FROM blocks "
                                   "ORDER BY kept_since LIMIT 1");
    if (!query.step()) {
        return std::nullopt;
    }
    return oldest{.is_block = true,
                  .number = query.number_at(0),
                  .kept_since = query.number_at(1),
                  .server_id = query.bytes_at(2),
                  .bytes = query.number_at(3),
                  .reports = query.number_at(4)};
}

void sqlite_engine::forget(oldest const& one, deletions& gone) {
    database_
        .prepare(one.is_block ? std::string_view("DELETE FROM blocks WHERE id = ?")
                              : std::string_view("DELETE FROM reports WHERE id = ?"))
        .number(one.number)
        .run();
    database_.prepare("UPDATE servers SET kept_bytes = kept_bytes - ? WHERE id = ?")
        .number(one.bytes)
        .text(one.server_id)
        .run();
    gone.reports += one.reports;
    gone.bytes += one.bytes;
}

std::int64_t sqlite_engine::forget_keys(std::int64_t day) {
    return database_
        .prepare("DELETE FROM report_keys WHERE key IN "
                 "(SELECT key FROM report_keys WHERE day < ? LIMIT ?)")
        .number(day)
        .number(keys_at_once)
        .run();
}

std::optional<sqlite_engine::oldest> sqlite_engine::oldest_of_all() {
    auto report = oldest_report();
    auto block = oldest_block();
    bool const is_block = block && (!report || block->kept_since <= report->kept_since);
    return is_block ? std::move(block) : std::move(report);
}

template <typename Condition>
deletions sqlite_engine::forget_oldest(Condition goes) {
    deletions gone;
    bite now;
    for (auto next = oldest_of_all(); next && goes(*next); next = oldest_of_all()) {
        forget(*next, gone);
        if (!now.goes_on(next->bytes)) {
            break;
        }
    }
    return gone;
}

deletions sqlite_engine::forget_reports(std::int64_t limit) {
    auto gone = forget_oldest([&](oldest const& one) { return one.kept_since < limit; });
    if (gone.reports == 0) {
        gone.keys = forget_keys(day_of(limit));
    }
    return gone;
}

deletions sqlite_engine::forget_beyond(std::uint64_t bound) {
    auto gone = forget_oldest([&](oldest const& /*one*/) { return used_bytes() > bound; });
    if (gone.reports == 0 && used_bytes() > bound) {
        return gone; // there is nothing left
    }
    if (auto const first = gone.reports == 0 ? std::nullopt : oldest_of_all()) {
        gone.keys = forget_keys(day_of(first->kept_since) - days_of_keys);
    }
    return gone;
}

std::uint64_t sqlite_engine::used_bytes() {
    auto const pages = pragma("PRAGMA page_count") - pragma("PRAGMA freelist_count");
    return static_cast<std::uint64_t>(std::max<std::int64_t>(pages, 0) *
                                      pragma("PRAGMA page_size"));
}

// What comes next would take the room again: only much of it is given back, and then most of it. A
// database that was not made so (restored with another tool) gives none back.
bool sqlite_engine::give_room_back() {
    auto const pages = pragma("PRAGMA page_count");
    auto const free = pragma("PRAGMA freelist_count");
    auto const least = giving_back_ ? std::max(enough, pages / part_enough)
                                    : std::max(worth_it, pages / part_worth_it);
    giving_back_ = free > least && pragma("PRAGMA auto_vacuum") == incremental;
    if (!giving_back_) {
        return false;
    }
    database::transaction change(database_);
    bite now;
    do {
        database_.prepare("PRAGMA incremental_vacuum(16)").run();
    } while (now.goes_on() && pragma("PRAGMA freelist_count") > least);
    change.commit();
    return true;
}

} // namespace trafikito::server::store
