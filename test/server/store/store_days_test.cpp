// The days of PostgreSQL's store: made before they come, dropped as a whole.
#include "server/store/store.hpp"

#include "test/server/store/processes_fixture.hpp"
#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <string>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
namespace kept = trafikito::server::store;
using server::security::sha256;
using test::eventually;
using fixture = test::processes_fixture;

BOOST_AUTO_TEST_SUITE(store_days, *boost::unit_test::precondition(test::with_postgres()))

BOOST_FIXTURE_TEST_CASE(days_go_while_others_store, fixture) {
    auto house = one.open(where);
    for (int i = 0; i < 20; ++i) {
        auto const id = std::to_string(i);
        house.add_server(id, id, sha256(id));
    }
    for (int day = 0; day < 5; ++day) {
        for (int i = 0; i < 20; ++i) {
            BOOST_TEST(add(house, std::to_string(i)));
        }
        one.pass(24h);
    }
    BOOST_TEST(add(house, "0"));
    other.wall = one.wall;
    std::atomic<bool> over = false;
    std::atomic<int> stored = 0;
    auto beside = std::async(std::launch::async, [&] {
        auto store = other.open(where);
        while (!over) {
            stored += add(store, std::to_string(stored % 20)) ? 1 : 0;
        }
    });
    BOOST_TEST(eventually([&] { return stored > 20; }));
    auto const days = "SELECT count(*) FROM kept_days";
    auto const before = ask_raw(days);
    BOOST_TEST(eventually([&] {
        house.forget_what_is_old();
        return ask_raw(days) == 6 || beside.wait_for(0s) == std::future_status::ready;
    }));
    over = true;
    beside.get();
    BOOST_TEST(before == 14);
    BOOST_TEST(house.take_deletions().reports == 80);
    BOOST_TEST(ask_raw("SELECT count(*) FROM reports") == 21 + stored);
    BOOST_TEST(ask_raw("SELECT count(*) FROM servers WHERE kept_bytes <> (SELECT "
                       "sum(bytes) FROM reports WHERE server_id = servers.id)") == 0);
    BOOST_TEST(ask_raw("SELECT count(*) FROM pg_class WHERE relname LIKE 'gone%'") == 0);
}

BOOST_FIXTURE_TEST_CASE(a_day_whose_reports_are_all_packed_gives_its_room_back, fixture) {
    auto store = one.open(where, 24h * 30);
    store.add_server("s", "s", sha256("1"));
    for (int day = 0; day < 5; ++day) {
        BOOST_TEST(add(store));
        one.pass(24h);
    }
    BOOST_TEST(add(store));
    run_raw("DELETE FROM reports WHERE id IN (1, 2)");
    while (store.forget_what_is_old()) {
    }
    BOOST_TEST(ask_raw("SELECT count(*) FROM kept_days WHERE parent = 'reports'") == 5);
    BOOST_TEST(ask_raw("SELECT count(*) FROM kept_days WHERE parent = 'blocks'") == 7);
    BOOST_TEST(store.count_reports("s") == 4);
    BOOST_TEST(store.take_deletions().reports == 0);
}

BOOST_FIXTURE_TEST_CASE(beyond_a_bound_of_all_the_oldest_days_go_and_never_today, fixture) {
    auto store = one.open(where, 24h * 30);
    auto const engine_beside = kept::open_engine(where, kept::access::read_write);
    store.add_server("s", "s", sha256("1"));
    for (int day = 0; day < 4; ++day) {
        BOOST_TEST(add(store));
        one.pass(24h);
    }
    BOOST_TEST(add(store));
    auto const used = engine_beside->used_bytes();
    BOOST_TEST(used > 0U);
    BOOST_TEST(engine_beside->forget_beyond(used).none());
    BOOST_TEST(store.count_reports("s") == 5);
    BOOST_TEST(engine_beside->forget_beyond(used - 1).unfinished);
    BOOST_TEST(store.count_reports("s") == 4);
    BOOST_TEST(engine_beside->used_bytes() < used);
    while (!engine_beside->forget_beyond(1).none()) {
    }
    BOOST_TEST(store.count_reports("s") == 1);
    while (store.forget_what_is_old()) {
    }
    BOOST_TEST(store.take_deletions().reports == 4);
}

BOOST_FIXTURE_TEST_CASE(a_partition_that_somebody_dropped_is_made_again, fixture) {
    auto store = one.open(where);
    store.add_server("s", "s", sha256("1"));
    BOOST_TEST(add(store));
    run_raw("DO $$ DECLARE child text := (SELECT name FROM kept_days WHERE parent = 'reports' "
            "ORDER BY day LIMIT 1); BEGIN EXECUTE 'DROP TABLE ' || child; DELETE FROM kept_days "
            "WHERE name = child; END $$");
    BOOST_CHECK_THROW(add(store), kept::store_error);
    BOOST_TEST(add(store));
}

BOOST_FIXTURE_TEST_CASE(what_the_database_cannot_read_is_found, fixture) {
    auto store = one.open(where);
    store.add_server("s", "s", sha256("1"));
    BOOST_TEST(add(store));
    BOOST_TEST(store.check(10s));
    BOOST_TEST(!store.check(0s));
    run_raw("CREATE FUNCTION harm() RETURNS bytea LANGUAGE plpgsql AS $$ BEGIN RAISE 'bad page' "
            "USING ERRCODE = 'data_corrupted'; END $$;"
            "ALTER TABLE reports RENAME TO reports_there;"
            "CREATE VIEW reports AS SELECT id, harm() AS body FROM reports_there");
    BOOST_CHECK_THROW(store.check(10s), kept::store_damaged);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
