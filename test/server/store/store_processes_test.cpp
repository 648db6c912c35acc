// Several processes on one PostgreSQL: each is a store of its own here.
#include "server/store/store.hpp"

#include "server/store/postgres_schema.hpp"
#include "server/store/sqlite_schema.hpp"
#include "test/server/store/processes_fixture.hpp"
#include "test/support/contains.hpp"
#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
namespace kept = trafikito::server::store;
using server::security::sha256;
using test::contains;
using test::eventually;
using machine = test::store_machine;

struct fixture : test::processes_fixture {
    std::string refusal() const {
        try {
            kept::open_engine(where, kept::access::read_write);
        } catch (kept::store_error const& failure) {
            return failure.what();
        }
        return "";
    }
};

BOOST_AUTO_TEST_SUITE(store_processes, *boost::unit_test::precondition(test::with_postgres()))

BOOST_FIXTURE_TEST_CASE(those_that_start_at_once_make_the_tables_once, fixture) {
    std::vector<std::future<std::string>> all;
    for (int i = 0; i < 6; ++i) {
        all.push_back(std::async(std::launch::async, [&] { return refusal(); }));
    }
    for (auto& each : all) {
        BOOST_TEST(each.get() == "");
    }
    BOOST_TEST(ask_raw("SELECT count(*) FROM trafikito_schema") == 1);
    BOOST_TEST(kept::postgres_schema_version() == kept::schema_version());
}

BOOST_FIXTURE_TEST_CASE(tables_of_another_program_are_not_touched, fixture) {
    run_raw("CREATE TABLE servers (what text)");
    BOOST_TEST(contains(refusal(), "another program"));
    BOOST_TEST(ask_raw("SELECT count(*) FROM pg_class WHERE relname = 'reports'") == 0);
}

BOOST_FIXTURE_TEST_CASE(those_of_a_newer_one_neither, fixture) {
    BOOST_TEST(refusal() == "");
    run_raw("UPDATE trafikito_schema SET version = 999");
    BOOST_TEST(contains(refusal(), "upgrade this program"));
    BOOST_CHECK_THROW(kept::open_engine(where, kept::access::read_only), kept::store_error);
}

BOOST_FIXTURE_TEST_CASE(who_only_reads_makes_none, fixture) {
    BOOST_CHECK_THROW(kept::open_engine(where, kept::access::read_only), kept::store_error);
    BOOST_TEST(ask_raw("SELECT count(*) FROM pg_class WHERE relname = 'servers'") == 0);
}

BOOST_FIXTURE_TEST_CASE(a_report_that_comes_through_both_is_stored_once, fixture) {
    one.open(where).add_server("s", "s", sha256("1"));
    std::atomic<int> stored = 0;
    auto const send = [&](machine& from) {
        auto store = from.open(where);
        for (int i = 0; i < 100; ++i) {
            stored += add(store, "s", "report " + std::to_string(i)) ? 1 : 0;
        }
    };
    auto first = one.open(where);
    BOOST_TEST(eventually([&] { return can_add(first); }));
    std::thread beside([&] { send(other); });
    send(one);
    beside.join();
    BOOST_TEST(stored == 100);
    BOOST_TEST(one.open(where).count_reports("s") == 101);
}

BOOST_FIXTURE_TEST_CASE(of_a_token_so_many_are_enrolled_as_it_allows_whoever_asks, fixture) {
    kept::enrolment_token token;
    token.digest = sha256("t");
    token.created = one.wall;
    token.ends = one.wall + 24h;
    token.machines = 2;
    {
        auto store = one.open(where);
        store.add_token(token);
        BOOST_TEST(store.add_server("x", "x", sha256("x")));
        BOOST_TEST(add(store, "x")); // the time is known from now on
    }
    std::atomic<int> made = 0;
    std::atomic<int> counted = 0;
    auto const enrol = [&](machine& from, std::string const& prefix) {
        auto store = from.open(where);
        for (int i = 0; i < 10; ++i) {
            auto const id = prefix + std::to_string(i);
            auto const result = store.enrol(
                {.token = sha256("t"), .nonce = {}, .id = id, .name = id, .key = sha256(id)});
            made += result.outcome == kept::enrolment_outcome::made ? 1 : 0;
        }
        for (int i = 0; i < 10; ++i) {
            try {
                counted += add(store, prefix + std::to_string(i)) ? 1 : 0;
            } catch (kept::store_no_server const&) {
            }
        }
    };
    std::thread beside([&] { enrol(other, "b"); });
    enrol(one, "a");
    beside.join();
    // While some report already, others may still be enrolled: never more than two are counted.
    BOOST_TEST(made <= 2 + kept::spare_enrolments + 2);
    BOOST_TEST(counted == 2);
    BOOST_TEST(one.open(where).find_token(sha256("t")).value().counted == 2);
}

BOOST_FIXTURE_TEST_CASE(of_one_complaint_that_comes_through_both_one_is_stored, fixture) {
    one.open(where).add_server("s", "s", sha256("1"));
    std::atomic<int> stored = 0;
    auto const complain = [&](machine& from) {
        auto store = from.open(where);
        BOOST_TEST(eventually([&] { return can_add(store); }));
        for (int i = 0; i < 100; ++i) {
            stored += store.add_feedback("s", std::to_string(i), "m", "d") ? 1 : 0;
        }
    };
    {
        auto first = one.open(where);
        BOOST_TEST(eventually([&] { return can_add(first); }));
        std::thread beside([&] { complain(other); });
        complain(one);
        beside.join();
    }
    BOOST_TEST(stored == 100);
}

BOOST_FIXTURE_TEST_CASE(one_whose_clock_is_wrong_deletes_nothing_and_stores_as_of_now, fixture) {
    auto right = one.open(where);
    right.add_server("s", "s", sha256("1"));
    BOOST_TEST(add(right)); // it keeps house
    for (auto const wrong : {24h * 365, -24h * 365}) {
        machine strange;
        strange.wall += wrong;
        auto store = strange.open(where);
        BOOST_TEST(add(store));
        BOOST_TEST(!store.forget_what_is_old());
        for (int day = 0; day < 3; ++day) { // and it stands
            strange.pass(24h);
            store.forget_what_is_old();
        }
    }
    right.forget_what_is_old();
    BOOST_TEST(right.count_reports("s") == 3);
    BOOST_TEST(ask_raw("SELECT count(DISTINCT kept_since / 86400000) FROM reports") == 1);
    while (right.forget_what_is_old()) {
    }
    BOOST_TEST(right.count_reports("s") == 3);
}

BOOST_FIXTURE_TEST_CASE(when_it_stands_still_time_goes_on_for_others, fixture) {
    auto house = one.open(where);
    house.add_server("s", "s", sha256("1"));
    BOOST_TEST(add(house));
    auto store = other.open(where);
    for (int hour = 0; hour < 49; ++hour) {
        BOOST_TEST(add(store));
        other.pass(1h);
    }
    BOOST_TEST(ask_raw("SELECT (max(kept_since) - min(kept_since)) / 3600000 FROM reports") == 48);
}

BOOST_FIXTURE_TEST_CASE(one_that_takes_over_goes_on_from_what_was_believed, fixture) {
    {
        auto first = one.open(where);
        first.add_server("s", "s", sha256("1"));
        BOOST_TEST(add(first));
    }
    other.wall += 24h * 365;
    auto second = other.open(where);
    BOOST_TEST(add(second));
    BOOST_TEST(eventually([&] { // once it keeps house, it doubts its clock
        second.forget_what_is_old();
        return second.take_clock_news().has_value();
    }));
    while (second.forget_what_is_old()) {
    }
    BOOST_TEST(second.count_reports("s") == 2);
    for (int hour = 0; hour < 24 * 4; ++hour) {
        other.pass(1h);
        second.forget_what_is_old();
    }
    BOOST_TEST(second.count_reports("s") == 0); // their day and the next are over
}

BOOST_FIXTURE_TEST_CASE(the_next_keeps_house_when_one_is_gone, fixture) {
    auto first = std::make_unique<kept::store>(one.open(where));
    first->add_server("s", "s", sha256("1"));
    BOOST_TEST(add(*first));
    other.pass(3 * 24h);
    auto second = other.open(where);
    BOOST_TEST(!second.forget_what_is_old());
    BOOST_TEST(second.count_reports("s") == 1);
    first.reset();
    BOOST_TEST(eventually([&] {
        second.forget_what_is_old();
        return second.take_clock_news().has_value();
    }));
}

BOOST_FIXTURE_TEST_CASE(what_another_one_changes_of_servers_shows_and_reports_do_not, fixture) {
    auto here = one.open(where);
    auto there = other.open(where);
    here.add_server("s", "s", sha256("1"));
    BOOST_TEST(add(here));
    kept::enrolment_token token;
    token.digest = sha256("t");
    auto version = here.roster_version();
    auto const changed = [&](auto const& change) {
        change();
        auto const before = std::exchange(version, here.roster_version());
        return before != version;
    };
    BOOST_TEST(!changed([&] { add(there); }));
    BOOST_TEST(!changed([&] { there.order_given("s", {.token = "", .from = {}, .facts = {}}); }));
    BOOST_TEST(changed([&] { there.set_wanted("s", std::vector<std::string>{"trafikito_a"}); }));
    BOOST_TEST(!changed([&] { there.set_wanted("s", std::vector<std::string>{"trafikito_a"}); }));
    BOOST_TEST(changed([&] { there.set_delay("s", 5s); }));
    BOOST_TEST(changed([&] { there.rename_server("s", "new"); }));
    BOOST_TEST(changed([&] { there.set_key("s", sha256("2")); }));
    BOOST_TEST(changed([&] { there.set_available("s", "trafikito_a=\"x\"\n"); }));
    BOOST_TEST(changed([&] { there.add_token(token); }));
    BOOST_TEST(changed([&] { there.forget_token(sha256("t")); }));
    BOOST_TEST(changed([&] { there.add_server("t", "t", sha256("3")); }));
    BOOST_TEST(changed([&] { there.begin_removal("t"); }));
    auto const since = here.roster_version();
    there.set_delay("s", 6s);
    there.add_server("u", "u", sha256("4"));
    auto ids = here.changed_since(since).value();
    std::ranges::sort(ids);
    BOOST_TEST(ids == (std::vector<std::string>{"s", "u"}), boost::test_tools::per_element());
    BOOST_TEST(here.servers(ids).size() == 2U);
    BOOST_TEST((here.servers({"u", "nobody", "s"}).at(1).delay == 6s));
    BOOST_TEST(here.changed_since(here.roster_version()).value().empty());
    BOOST_TEST(here.data_version() == here.data_version());
    auto const data = here.data_version();
    add(there);
    BOOST_TEST(here.data_version() != data);
}

// The higher number is there first, and whoever follows must not go past the other one.
BOOST_FIXTURE_TEST_CASE(who_follows_misses_none_whichever_is_done_first, fixture) {
    auto store = one.open(where);
    store.add_server("s", "s", sha256("1"));
    BOOST_TEST(add(store));
    auto const numbers = [&] {
        std::vector<std::int64_t> all;
        for (auto const& each : store.reports_after(0)) {
            all.push_back(each.id);
        }
        return all;
    };
    using list = std::vector<std::int64_t>;
    BOOST_TEST(numbers() == (list{1}), boost::test_tools::per_element());
    {
        auto const slow = connect_raw();
        server::database::transaction under_way(*slow, server::database::holding::shared);
        slow->prepare("INSERT INTO reports (server_id, received_at, data_at, kept_since, bytes, "
                      "body) VALUES ('s', 1, 1, ?, 1, '')")
            .number(1'800'000'000'000)
            .run();
        BOOST_TEST(add(store)); // it is number 3
        BOOST_TEST(numbers() == (list{1}), boost::test_tools::per_element());
        BOOST_TEST(store.last_report_id() == 1);
        under_way.commit();
    }
    BOOST_TEST(numbers() == (list{1, 2, 3}), boost::test_tools::per_element());
    BOOST_TEST(store.last_report_id() == 3);
}

BOOST_FIXTURE_TEST_CASE(one_of_them_packs, fixture) {
    auto first = kept::open_engine(where, kept::access::read_write);
    auto const second = kept::open_engine(where, kept::access::read_write);
    BOOST_TEST(first->packs());
    BOOST_TEST(!second->packs());
    BOOST_TEST(first->packs());
    BOOST_TEST(second->keeps_house()); // which is another matter
    first.reset();
    BOOST_TEST(eventually([&] { return second->packs(); }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
