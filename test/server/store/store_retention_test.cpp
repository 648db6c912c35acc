// What the store deletes by age, whatever the wall clock does, and for the quota of one machine.
#include "net/api/report.hpp"
#include "server/store/store.hpp"
#include "test/server/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
namespace kept = trafikito::server::store;

constexpr auto year = 24h * 365;
constexpr std::uint64_t kibibyte = 1024;

std::int64_t to_day(base::wall_time time) {
    return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

struct fixture : test::store_place {
    base::wall_time wall{std::chrono::seconds(1'800'000'000)};
    kept::boot_time up = 5min;
    kept::store_settings settings{.keep = 24h};

    kept::store open(kept::access wanted = kept::access::read_write) {
        return {open_engine(wanted), wanted, [this] { return wall; }, settings,
                [this] { return up; }};
    }
    kept::store open_with_servers() {
        auto store = open();
        store.add_server("s", "s", server::security::sha256("1"));
        store.add_server("t", "t", server::security::sha256("2"));
        return store;
    }
    void pass(std::chrono::seconds time) {
        wall += time;
        up += time;
    }
    static std::size_t add(kept::store& to, std::string_view server = "s", std::size_t bytes = 1) {
        std::string const output(bytes, 'x');
        return to.add_report(server, {{{"trafikito_x", output}}, {}}).value().gave_way;
    }
    static void forget(kept::store& of) {
        while (of.forget_what_is_old()) {
        }
    }
    /// What is kept for 24 hours when one came each hour. PostgreSQL forgets whole days.
    void require_a_day(std::size_t reports) const {
        auto const most = engine == test::engine_kind::sqlite ? 25U : 49U;
        BOOST_TEST(reports >= 25U);
        BOOST_TEST(reports <= most);
    }
    static std::size_t count(kept::store& of, std::string_view server = "s") {
        return of.last_reports(server, 1'000'000).size();
    }
};

BOOST_FIXTURE_TEST_SUITE(store_retention, fixture)

TRAFIKITO_STORE_TEST_CASE(a_clock_that_is_ahead_for_a_moment_deletes_nothing) {
    auto store = open_with_servers();
    for (int i = 0; i < 30; ++i) {
        add(store);
    }
    store.order_given("s", {.token = "call", .from = {}, .facts = {}});
    store.add_feedback("s", "1", "m", "d");
    wall += year;
    add(store);
    store.forget_what_is_old();
    store.add_feedback("s", "2", "m", "d");
    BOOST_TEST(store.take_clock_news().has_value());
    BOOST_TEST(!store.take_clock_news().has_value());
    wall -= year;
    add(store);
    BOOST_TEST(store.take_clock_news().has_value());
    BOOST_TEST(count(store) == 32U);
    BOOST_TEST(store.knows_call("s", "call"));
    BOOST_TEST(store.feedback("s").size() == 2U);
    BOOST_TEST(store.take_deletions().reports == 0);
}

TRAFIKITO_STORE_TEST_CASE(nor_across_a_restart) {
    {
        auto store = open_with_servers();
        add(store);
    }
    wall += year;
    up = 10s;
    {
        auto store = open();
        add(store);
        BOOST_TEST(store.take_clock_news().has_value());
    }
    auto store = open();
    store.forget_what_is_old();
    BOOST_TEST(count(store) == 2U);
}

TRAFIKITO_STORE_TEST_CASE(an_administrator_says_that_a_clock_is_right) {
    auto store = open_with_servers();
    add(store);
    BOOST_TEST(!store.clock().doubted);
    wall += 72h; // the server was off, or the clock was set
    forget(store);
    BOOST_TEST(count(store) == 1U);
    auto beside = open(); // the command's
    BOOST_TEST(beside.clock().doubted);
    BOOST_TEST((beside.clock().expected == wall - 72h));
    beside.say_clock_is_right();
    store.take_clock_news();
    forget(store);
    BOOST_TEST(store.take_clock_news().value_or("").find("administrator") != std::string::npos);
    BOOST_TEST(count(store) == 0U);
    BOOST_TEST(!beside.clock().doubted);
    add(store);
    wall += 72h; // again: of this nobody has said anything
    forget(store);
    BOOST_TEST(count(store) == 1U);
    BOOST_TEST(store.clock().doubted);
}

TRAFIKITO_STORE_TEST_CASE(what_was_said_of_a_clock_is_not_said_of_another) {
    auto store = open_with_servers();
    add(store);
    wall += 72h;
    forget(store);
    open().say_clock_is_right();
    wall += year;
    forget(store);
    BOOST_TEST(count(store) == 1U);
    BOOST_TEST(store.clock().doubted);
}

TRAFIKITO_STORE_TEST_CASE(what_came_under_a_wrong_clock_grows_old_as_all) {
    auto store = open_with_servers();
    wall += year; // wrong, and nobody sees it for three days
    for (int hour = 0; hour < 72; ++hour) {
        pass(1h);
        add(store);
        forget(store);
    }
    require_a_day(count(store));
    wall -= year;
    for (int hour = 0; hour < 72; ++hour) {
        pass(1h);
        add(store);
        forget(store);
        require_a_day(count(store));
    }
    BOOST_TEST(store.take_deletions().reports == 144 - static_cast<std::int64_t>(count(store)));
}

TRAFIKITO_STORE_TEST_CASE(
    an_older_database_from_the_future_deletes_nothing_and_nothing_stays_for_ever) {
    {
        auto store = open_with_servers();
        add(store);
        add(store);
        open_engine(kept::access::read_write)->prepare_for(0, to_day(wall + 10 * 24h));
        run_raw("DELETE FROM facts; UPDATE reports SET kept_since = kept_since + 864000000 "
                "WHERE id = 2");
    }
    pass(1min);
    auto store = open();
    add(store);
    BOOST_TEST(count(store) == 3U);
    for (int hour = 0; hour < (engine == test::engine_kind::sqlite ? 60 : 84); ++hour) {
        pass(1h);
        forget(store);
    }
    BOOST_TEST(count(store) == 0U);
}

TRAFIKITO_STORE_TEST_CASE(the_time_is_not_written_for_each_report) {
    auto store = open_with_servers();
    add(store);
    auto const noted = [&] {
        return ask_raw("SELECT value FROM facts WHERE name = 'believed_time'");
    };
    auto const first = noted();
    pass(59s);
    add(store);
    BOOST_TEST(noted() == first);
    pass(1s);
    add(store);
    BOOST_TEST(noted() == first + 60'000);
}

TRAFIKITO_STORE_TEST_CASE(what_would_delete_most_is_known_before) {
    auto store = open_with_servers();
    for (int i = 0; i < 9; ++i) {
        add(store);
    }
    pass(2h);
    BOOST_TEST(!store.would_forget_most({.keep = 1h}).has_value()); // of so few nobody asks
    add(store);
    pass(2h);
    BOOST_TEST(store.would_forget_most({.keep = 1h}).has_value());
    BOOST_TEST(!store.would_forget_most({.keep = 24h}).has_value());
    wall += year;
    BOOST_TEST(!store.would_forget_most({.keep = 24h}).has_value());
    for (int i = 0; i < 12; ++i) {
        add(store);
    }
    BOOST_TEST(!store.would_forget_most({.keep = 1h}).has_value());
}

TRAFIKITO_STORE_TEST_CASE(a_smaller_quota_that_would_delete_most_is_foreseen) {
    settings.machine_quota = 0;
    auto store = open_with_servers();
    auto const planned = [&](std::uint64_t quota, std::chrono::seconds keep = 24h) {
        return store.would_forget_most({.keep = keep, .machine_quota = quota * kibibyte});
    };
    for (int i = 0; i < 20; ++i) {
        add(store, "s", 10 * kibibyte);
        add(store, "t");
    }
    BOOST_TEST(!planned(0).has_value());
    BOOST_TEST(!planned(110).has_value()); // nine or ten of twenty
    auto const loss = planned(50).value();
    BOOST_TEST(loss.by_age == 0);
    BOOST_TEST(loss.by_quota == 16); // most of that machine's, though not of all
    BOOST_TEST(loss.bytes > static_cast<std::int64_t>(160 * kibibyte));
    BOOST_TEST(loss.machines == 1);
    BOOST_TEST(loss.stored == 40);
    store.set({.keep = 24h, .machine_quota = 50 * kibibyte});
    BOOST_TEST(add(store, "s", 1) == 16U); // as foreseen
    BOOST_TEST(!planned(50).has_value());
}

TRAFIKITO_STORE_TEST_CASE(what_is_too_old_is_not_counted_for_the_quota_again) {
    settings.machine_quota = 0;
    auto store = open_with_servers();
    for (int i = 0; i < 12; ++i) {
        add(store, "s", 10 * kibibyte);
    }
    pass(2h);
    for (int i = 0; i < 4; ++i) {
        add(store, "s", 10 * kibibyte);
    }
    auto const loss = store.would_forget_most({.keep = 1h, .machine_quota = 25 * kibibyte}).value();
    BOOST_TEST(loss.by_age == 12);
    BOOST_TEST(loss.by_quota == 2);
    BOOST_TEST(loss.machines == 1);
    BOOST_TEST(loss.stored == 16);
}

TRAFIKITO_STORE_TEST_CASE(many_large_reports_of_a_machine_are_most_by_their_bytes) {
    settings.machine_quota = 0;
    auto store = open_with_servers();
    for (int i = 0; i < 10; ++i) {
        add(store, "s", 100 * kibibyte);
    }
    for (int i = 0; i < 40; ++i) {
        add(store, "s");
    }
    auto const loss =
        store.would_forget_most({.keep = 24h, .machine_quota = 20 * kibibyte}).value();
    BOOST_TEST(loss.by_quota == 10);
}

TRAFIKITO_STORE_TEST_CASE(beyond_its_quota_the_oldest_of_a_machine_give_way_and_no_others) {
    settings.machine_quota = 100 * kibibyte;
    auto store = open_with_servers();
    add(store, "t", 50 * kibibyte);
    for (int i = 0; i < 9; ++i) {
        BOOST_TEST(add(store, "s", 10 * kibibyte) == 0U);
    }
    BOOST_TEST(!store.find_server("s").value().quota_reached.has_value());
    BOOST_TEST(add(store, "s", 10 * kibibyte) == 1U);
    BOOST_TEST(add(store, "s", 25 * kibibyte) == 2U);
    BOOST_TEST(store.last_reports("s", 100).front().id == 5); // the oldest went
    BOOST_TEST(count(store, "t") == 1U);
    auto const row = store.find_server("s").value();
    BOOST_TEST(row.kept_bytes <= static_cast<std::int64_t>(settings.machine_quota));
    BOOST_TEST((row.quota_reached == wall));
    auto const gone = store.take_deletions();
    BOOST_TEST(gone.reports == 3);
    BOOST_TEST(gone.bytes > static_cast<std::int64_t>(30 * kibibyte));
    BOOST_TEST(store.take_deletions().reports == 0);
}

TRAFIKITO_STORE_TEST_CASE(a_report_larger_than_the_quota_is_refused_and_costs_nothing) {
    settings.machine_quota = 20 * kibibyte;
    auto store = open_with_servers();
    add(store);
    BOOST_CHECK_THROW(add(store, "s", 20 * kibibyte), kept::store_too_large);
    BOOST_TEST(count(store) == 1U);
    store.set({.keep = 24h, .machine_quota = 0});
    BOOST_TEST(add(store, "s", 20 * kibibyte) == 0U);
}

TRAFIKITO_STORE_TEST_CASE(many_small_reports_do_not_hold_the_place_of_large_ones) {
    settings.machine_quota = 0;
    auto store = open_with_servers();
    for (int i = 0; i < 1500; ++i) {
        store.add_report("s", {}); // holds nothing, and takes a row
    }
    BOOST_TEST(store.find_server("s").value().kept_bytes > 1500 * 100);
    store.set({.keep = 24h, .machine_quota = 300 * kibibyte});
    add(store, "s", 290 * kibibyte);
    BOOST_TEST(store.find_server("s").value().kept_bytes <=
               static_cast<std::int64_t>(384 * kibibyte)); // no more than there was
    add(store);
    BOOST_TEST(store.find_server("s").value().kept_bytes <=
               static_cast<std::int64_t>(300 * kibibyte));
}

TRAFIKITO_STORE_TEST_CASE(calls_and_feedback_of_one_machine_are_bounded) {
    auto store = open_with_servers();
    for (int i = 0; i < 110; ++i) {
        BOOST_TEST(store.add_feedback("s", std::to_string(i), "m", "d"));
    }
    store.add_feedback("t", "1", "m", "d");
    BOOST_TEST(store.feedback("s").size() == 100U);
    BOOST_TEST(store.feedback("s").front().code == "10");
    BOOST_TEST(store.feedback("t").size() == 1U);
    BOOST_TEST(store.take_deletions().feedback == 10);
    run_raw("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10100) "
            "INSERT INTO calls (token, server_id, given_at) SELECT 'call' || i, 's', 1799999999000 "
            "FROM n");
    store.order_given("s", {.token = "newest", .from = {}, .facts = {}});
    BOOST_TEST(store.knows_call("s", "newest"));
    BOOST_TEST(!store.knows_call("s", "call1"));
    BOOST_TEST(store.knows_call("s", "call10100"));
    BOOST_TEST(store.take_deletions().calls == 21);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
