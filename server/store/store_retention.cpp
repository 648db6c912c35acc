// What the store keeps for how long: the clock by which it grows old, what goes, the quota of one
// machine.
#include "server/store/store.hpp"

#include "server/store/store_time.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace trafikito::server::store {

namespace {

// Of the table `facts`.
constexpr std::string_view believed_time = "believed_time"; ///< milliseconds since 1970, as all
constexpr std::string_view jumped = "jumped";               ///< milliseconds
constexpr std::string_view doubted_time = "doubted_time";
constexpr std::string_view doubted_for = "doubted_for"; ///< milliseconds
/// What is believed is written down as often at most.
constexpr std::chrono::minutes note_pause{1};
constexpr std::int64_t max_giving_way = 500; ///< reports, for one that comes
constexpr std::int64_t least_loss = 10;      ///< reports; of fewer nobody is asked

std::int64_t as_number(std::uint64_t size) {
    return static_cast<std::int64_t>(
        std::min<std::uint64_t>(size, std::numeric_limits<std::int64_t>::max()));
}

} // namespace

std::optional<std::int64_t> store::fact(std::string_view name) {
    auto query = database_.prepare("SELECT value FROM facts WHERE name = ?");
    query.text(name);
    return query.step() ? std::optional(query.number_at(0)) : std::nullopt;
}

void store::set_fact(std::string_view name, std::optional<std::int64_t> value) {
    if (!value) {
        database_.prepare("DELETE FROM facts WHERE name = ?").text(name).run();
        return;
    }
    database_
        .prepare("INSERT INTO facts (name, value) VALUES (?1, ?2) "
                 "ON CONFLICT (name) DO UPDATE SET value = ?2")
        .text(name)
        .number(*value)
        .run();
}

// A database of before there was a believed time has that of its newest report. Of one that is from
// the future nobody knows which of the two clocks is wrong: the earlier one deletes nothing.
std::optional<retention_clock::memory> store::remembered_time() {
    retention_clock::memory before{.believed = {}, .doubted = {}};
    if (auto const believed = fact(believed_time)) {
        before.believed = from_stored(*believed);
    } else {
        auto newest = database_.prepare("SELECT max(kept_since) FROM reports");
        auto const last = newest.step() ? time_at(newest, 0) : std::nullopt;
        if (!last || *last > now_()) {
            return std::nullopt;
        }
        before.believed = *last;
    }
    before.jumped = std::chrono::milliseconds(fact(jumped).value_or(0));
    if (auto const doubted = fact(doubted_time)) {
        before.doubted = from_stored(*doubted);
    }
    before.doubted_for = std::chrono::milliseconds(fact(doubted_for).value_or(0));
    return before;
}

void store::note_time(retention_clock::memory const& what) {
    set_fact(believed_time, to_stored(what.believed));
    set_fact(jumped, what.jumped.count());
    set_fact(doubted_time, what.doubted ? std::optional(to_stored(*what.doubted)) : std::nullopt);
    set_fact(doubted_for, what.doubted ? std::optional(what.doubted_for.count()) : std::nullopt);
}

void store::pull_back_future(base::wall_time now) {
    for (std::string_view const sql :
         {"UPDATE reports SET kept_since = ?1 WHERE kept_since > ?1",
          "UPDATE calls SET given_at = ?1 WHERE given_at > ?1",
          "UPDATE feedback SET received_at = ?1 WHERE received_at > ?1"}) {
        database_.prepare(sql).number(to_stored(now)).run();
    }
}

// Its own transaction, and what the clock thinks changes with that alone: on a disk that is full
// nothing is believed that is not written down.
base::wall_time store::retention_now() {
    auto next = *clock_;
    auto read = next.read(now_(), up_());
    auto const state = next.remembered();
    auto const since = state.believed - noted_.believed;
    bool const due = since >= note_pause || since <= -note_pause || state.jumped != noted_.jumped ||
                     state.doubted.has_value() != noted_.doubted.has_value();
    if (due || read.settled) {
        transaction change(database_);
        if (read.settled) {
            pull_back_future(read.now);
        }
        note_time(state);
        change.commit();
        noted_ = state;
    }
    clock_ = next;
    if (read.news) {
        clock_news_ = std::move(read.news);
    }
    return read.now;
}

// In small bites, so that a first start with a short --keep does not hold the loop: what one insert
// leaves behind, the next ones take.
deletions store::forget_old(base::wall_time now) {
    auto const limit = to_stored(now - settings_.keep);
    deletions gone;
    {
        auto reports = database_.prepare(
            "DELETE FROM reports WHERE id IN "
            "(SELECT id FROM reports WHERE kept_since < ? ORDER BY kept_since LIMIT 20) "
            "RETURNING bytes");
        reports.number(limit);
        for (; reports.step(); ++gone.reports) {
            gone.bytes += reports.number_at(0);
        }
    }
    auto const forget = [&](std::string_view sql) {
        database_.prepare(sql).number(limit).run();
        return database_.changes();
    };
    gone.calls = forget("DELETE FROM calls WHERE token IN "
                        "(SELECT token FROM calls WHERE given_at < ? ORDER BY given_at LIMIT 20)");
    gone.feedback =
        forget("DELETE FROM feedback WHERE id IN "
               "(SELECT id FROM feedback WHERE received_at < ? ORDER BY received_at LIMIT 20)");
    return gone;
}

void store::count(deletions const& gone) {
    gone_.reports += gone.reports;
    gone_.bytes += gone.bytes;
    gone_.calls += gone.calls;
    gone_.feedback += gone.feedback;
}

void store::forget_all_old() {
    static constexpr int bites = 25;
    for (int bite = 0; bite < bites && forget_what_is_old(); ++bite) {
    }
}

bool store::forget_what_is_old() {
    auto const now = retention_now();
    transaction change(database_);
    auto const gone = forget_old(now);
    change.commit();
    count(gone);
    return gone.reports != 0 || gone.calls != 0 || gone.feedback != 0;
}

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
        auto oldest = database_.prepare("SELECT bytes, kept_since FROM reports "
                                        "WHERE server_id = ? ORDER BY data_at, id");
        oldest.text(one.id);
        for (auto left = one.excess; left > 0 && oldest.step();) {
            auto const bytes = oldest.number_at(0);
            left -= bytes;
            if (oldest.number_at(1) >= kept_until) {
                ++one.reports;
                one.bytes += bytes;
            }
        }
        one.most = one.reports >= least_loss &&
                   (one.bytes * 2 > one.kept || one.reports * 2 > count_reports(one.id));
    }
    return all;
}

std::optional<loss> store::would_forget_most(store_settings const& planned) {
    // What it has to say is not for here. A store that is only read has none.
    auto clock = clock_ ? *clock_ : retention_clock(remembered_time(), now_(), up_());
    auto const limit = to_stored(clock.read(now_(), up_()).now - planned.keep);
    loss found;
    {
        auto query =
            database_.prepare("SELECT (SELECT count(*) FROM reports WHERE kept_since < ?), "
                              "(SELECT count(*) FROM reports)");
        query.number(limit);
        query.step();
        found.by_age = query.number_at(0);
        found.stored = query.number_at(1);
    }
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
    auto const reports = found.by_age + found.by_quota;
    if (!of_one && (reports < least_loss || reports * 2 <= found.stored)) {
        return std::nullopt;
    }
    auto old = database_.prepare("SELECT server_id, sum(bytes) FROM reports WHERE kept_since < ? "
                                 "GROUP BY server_id");
    for (old.number(limit); old.step();) {
        machines.insert(old.bytes_at(0));
        found.bytes += old.number_at(1);
    }
    found.machines = static_cast<std::int64_t>(machines.size());
    return found;
}

deletions store::make_way(std::string_view server_id, std::size_t bytes) {
    auto const quota = as_number(settings_.machine_quota);
    auto const more = static_cast<std::int64_t>(bytes);
    deletions gone;
    if (quota == 0) {
        return gone;
    }
    if (more > quota) {
        throw store_too_large("a report is larger than all that is kept of one machine");
    }
    auto const kept = [&] {
        auto query = database_.prepare("SELECT kept_bytes FROM servers WHERE id = ?");
        query.text(server_id);
        return query.step() ? query.number_at(0) : 0;
    }();
    // Bounded: what a smaller quota leaves over, the next reports take with them. Yet as much goes
    // as comes, so that many small ones do not hold the place of large ones.
    while (kept - gone.bytes > quota - more &&
           (gone.reports < max_giving_way || gone.bytes < more)) {
        auto oldest = database_.prepare(
            "DELETE FROM reports WHERE id = (SELECT id FROM reports WHERE server_id = ? "
            "ORDER BY data_at, id LIMIT 1) RETURNING bytes");
        oldest.text(server_id);
        if (!oldest.step()) {
            break;
        }
        ++gone.reports;
        gone.bytes += oldest.number_at(0);
        oldest.run(); // to its end: only then it is done
    }
    if (gone.reports != 0) {
        database_.prepare("UPDATE servers SET quota_reached_at = ? WHERE id = ?")
            .number(to_stored(now_()))
            .text(server_id)
            .run();
    }
    return gone;
}

} // namespace trafikito::server::store
