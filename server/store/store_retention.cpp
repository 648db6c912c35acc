// What the store keeps for how long: the clock by which it grows old, what goes, the quota of one
// machine.
#include "server/store/store.hpp"

#include "server/store/store_room.hpp"
#include "server/store/store_time.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace trafikito::server::store {

namespace {

// Of the table `facts`.
constexpr std::string_view believed_time = "believed_time"; ///< milliseconds since 1970, as all
constexpr std::string_view jumped = "jumped";               ///< milliseconds
constexpr std::string_view doubted_time = "doubted_time";
constexpr std::string_view doubted_for = "doubted_for";     ///< milliseconds
constexpr std::string_view said_right = "clock_said_right"; ///< when, by that clock
/// What is believed is written down as often at most.
constexpr std::chrono::minutes note_pause{1};
constexpr std::int64_t max_giving_way = 500; ///< reports, for one that comes

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
        auto newest = database_.prepare(
            "SELECT max(kept_since) FROM (SELECT max(kept_since) AS kept_since FROM reports UNION "
            "ALL SELECT max(kept_since) FROM blocks) AS newest");
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
          "UPDATE blocks SET kept_since = ?1 WHERE kept_since > ?1",
          "UPDATE fresh_values SET kept_since = ?1 WHERE kept_since > ?1",
          "UPDATE value_blocks SET kept_since = ?1 WHERE kept_since > ?1",
          "UPDATE calls SET given_at = ?1 WHERE given_at > ?1",
          "UPDATE feedback SET received_at = ?1 WHERE received_at > ?1"}) {
        database_.prepare(sql).number(to_stored(now)).run();
    }
}

// There is one clock, however many processes use the database: that of the one that keeps house.
// It alone believes its wall clock, as retention_clock.hpp says, writes down what it believes, and
// deletes; the one that takes over goes on from what was written, and doubts its own clock where
// that says something else. The others ask no wall clock: what they store is as of the time that
// was written when they looked last, and what has passed since by a clock that is never set. So a
// process whose clock is wrong stores nothing as of long ago, which would go at once, and deletes
// nothing.
base::wall_time store::retention_now() {
    bool const keeps = engine_->keeps_house();
    if (keeps && !kept_house_) {
        auto const written = remembered_time();
        if (!written || to_stored(written->believed) != to_stored(noted_.believed)) {
            clock_.emplace(written, now_(), up_()); // by another one, since this one kept it last
            noted_ = {.believed = {}, .doubted = {}};
        }
        told_.reset();
    }
    kept_house_ = keeps;
    return keeps ? keeper_now() : others_now();
}

// Behind by a minute at most: that is how old what is written may be. Never back: the one that
// keeps house may stand still, until its session ends for that (database/postgres_session.cpp).
base::wall_time store::others_now() {
    auto const up = up_();
    if (!told_ || up - told_->at >= note_pause) {
        if (!fact(believed_time)) {
            throw store_busy("another process has just begun to use the database, and has not said "
                             "yet what time it is");
        }
        auto const told = remembered_time();
        auto const time = told->believed - told->jumped;
        told_ = {told_ ? std::max(time, told_->time + (up - told_->at)) : time, up};
    }
    return told_->time + (up - told_->at);
}

void store::say_clock_is_right() {
    small_change([&] {
        set_fact(said_right, to_stored(now_()));
        return true;
    });
}

clock_state store::clock() {
    auto const told = remembered_time();
    if (!told || !told->doubted) {
        return {};
    }
    return {.doubted = true, .expected = told->believed, .stood = told->doubted_for};
}

// Of the clock that it was said of: one that was set again is another.
bool store::is_said_right(base::wall_time wall) {
    auto const said = fact(said_right);
    return said && wall >= from_stored(*said) - retention_clock::believable &&
           wall <= from_stored(*said) + retention_clock::trial;
}

// Its own transaction, and what the clock thinks changes with that alone: on a disk that is full
// nothing is believed that is not written down.
base::wall_time store::keeper_now() {
    auto next = *clock_;
    auto read = next.read(now_(), up_());
    bool const said = next.doubts() && is_said_right(now_());
    if (said) {
        read = next.believe(now_(), up_());
    }
    auto const state = next.remembered();
    auto const since = state.believed - noted_.believed;
    bool const due = since >= note_pause || since <= -note_pause || state.jumped != noted_.jumped ||
                     state.doubted.has_value() != noted_.doubted.has_value();
    if (due || read.settled) {
        database::transaction change(database_, database::holding::shared);
        if (read.settled) {
            pull_back_future(read.now);
        }
        note_time(state);
        if (said) {
            set_fact(said_right, std::nullopt);
        }
        change.commit();
        noted_ = state;
    }
    clock_ = next;
    if (read.news) {
        clock_news_ = std::move(read.news);
    }
    return read.now;
}

// In small bites, so that a first start with a short --keep holds nobody up: what one leaves
// behind, the next ones take.
deletions store::forget_old(base::wall_time now) {
    if (!kept_house_) {
        return {};
    }
    auto const limit = to_stored(now - settings_.keep);
    deletions gone;
    auto const forget = [&](std::string_view sql) {
        return database_.prepare(sql).number(limit).run();
    };
    gone.calls = forget("DELETE FROM calls WHERE token IN "
                        "(SELECT token FROM calls WHERE given_at < ? ORDER BY given_at LIMIT 100)");
    gone.feedback =
        forget("DELETE FROM feedback WHERE id IN "
               "(SELECT id FROM feedback WHERE received_at < ? ORDER BY received_at LIMIT 100)");
    gone.values = forget_values(to_stored(now - settings_.keep_values));
    gone += engine_->forget_reports(limit);
    return gone;
}

void store::count(deletions const& gone) {
    gone_ += gone;
}

void store::forget_all_old() {
    static constexpr int bites = 25;
    for (int bite = 0; bite < bites && forget_once(); ++bite) {
    }
}

bool store::forget_once() {
    auto const now = retention_now();
    database::transaction change(database_, database::holding::shared);
    auto const gone = forget_old(now);
    change.commit();
    count(gone);
    return !gone.none();
}

bool store::forget_what_is_old() {
    return with_reserve([this] { return forget_once(); });
}

bool store::forget_beyond_size() {
    if (!kept_house_ || settings_.keep_size == 0 || engine_->used_bytes() <= settings_.keep_size) {
        return false;
    }
    auto const gone = small_change([&] {
        auto values = forget_oldest_values();
        return values.none() ? engine_->forget_beyond(settings_.keep_size) : values;
    });
    count(gone);
    return !gone.none();
}

bool store::tidy() {
    return remove_a_little() || forget_what_is_old() || forget_beyond_size() ||
           engine_->give_room_back();
}

bool store::is_beyond_quota(std::size_t bytes) const {
    auto const quota = as_number(settings_.machine_quota);
    return quota != 0 && static_cast<std::int64_t>(bytes) > quota;
}

deletions store::delete_oldest(std::string_view server_id) {
    auto block = database_.prepare("SELECT id, last_at, reports, bytes FROM blocks WHERE "
                                   "server_id = ? ORDER BY last_at, id LIMIT 1");
    auto report = database_.prepare("SELECT id, data_at, bytes FROM reports WHERE server_id = ? "
                                    "ORDER BY data_at, id LIMIT 1");
    block.text(server_id).send();
    report.text(server_id).send();
    bool const has_block = block.step();
    bool const has_report = report.step();
    deletions gone;
    if (has_block && (!has_report || block.number_at(1) <= report.number_at(1))) {
        gone.reports = block.number_at(2);
        gone.bytes = block.number_at(3);
        database_.prepare("DELETE FROM blocks WHERE id = ?").number(block.number_at(0)).run();
    } else if (has_report) {
        gone.reports = 1;
        gone.bytes = report.number_at(2);
        database_.prepare("DELETE FROM reports WHERE id = ?").number(report.number_at(0)).run();
    }
    return gone;
}

// Bounded: what a smaller quota leaves over, the next reports take with them. Yet as much goes as
// comes, so that many small ones do not hold the place of large ones.
deletions store::make_way(std::string_view server_id, std::int64_t kept, std::size_t bytes) {
    auto const quota = as_number(settings_.machine_quota);
    auto const more = static_cast<std::int64_t>(bytes);
    deletions gone;
    while (quota != 0 && kept - gone.bytes > quota - more &&
           (gone.reports < max_giving_way || gone.bytes < more)) {
        auto const oldest = delete_oldest(server_id);
        if (oldest.reports == 0) {
            break;
        }
        gone += oldest;
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
