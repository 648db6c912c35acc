// Late reports, reports that come twice, and how a database of the schema before both becomes
// today's.
#include "server/store/store.hpp"

#include "net/api/report.hpp"
#include "server/store/sqlite_schema.hpp"
#include "test/server/store/old_database.hpp"
#include "test/server/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using server::store::access;

constexpr char const* one = "11111111-1111-4111-8111-111111111111";
constexpr char const* other = "22222222-2222-4222-8222-222222222222";

struct fixture : test::store_fixture {
    fixture() {
        auto store = open();
        store.add_server("s", "s", server::security::sha256("1"));
        store.add_server("t", "t", server::security::sha256("2"));
    }
    static net::api::parsed_report report(std::string_view output = "x") {
        return {{{"trafikito_x", output}}, {}};
    }
    static server::store::report_facts identified(std::string_view id,
                                                  std::string_view token = {}) {
        server::store::report_facts facts;
        facts.report_id = id;
        facts.token = token;
        return facts;
    }
    server::store::report_facts late(std::chrono::seconds by) const {
        server::store::report_facts facts;
        facts.collected = now - by;
        return facts;
    }
    std::vector<std::int64_t> numbers(std::int64_t count, std::int64_t until = 1000) {
        std::vector<std::int64_t> list;
        for (auto const& each :
             open(server::store::access::read_only).last_reports("s", count, until)) {
            list.push_back(each.id);
        }
        return list;
    }
    server::store::server_row row() {
        return open(server::store::access::read_only).find_server("s").value();
    }
};

using list = std::vector<std::int64_t>;

BOOST_FIXTURE_TEST_SUITE(store_late, fixture)

TRAFIKITO_STORE_TEST_CASE(a_report_of_one_id_is_stored_once) {
    auto store = open();
    BOOST_TEST(store.add_report("s", report("first"), identified(one)).has_value());
    now += 1h;
    BOOST_TEST(!store.add_report("s", report("again"), identified(one)).has_value());
    BOOST_TEST(store.last_reports("s", 9).size() == 1U);
    BOOST_TEST(store.outputs(store.reports_after(0).at(0)).at(0).bytes == "first");
    BOOST_TEST((row().last_report == now - 1h));
}

TRAFIKITO_STORE_TEST_CASE(different_reports_are_never_taken_for_one) {
    auto store = open();
    BOOST_TEST(store.add_report("s", report(), identified(one)).has_value());
    BOOST_TEST(store.add_report("s", report(), identified(other)).has_value());
    BOOST_TEST(store.add_report("t", report(), identified(one)).has_value()); // another server's
    BOOST_TEST(store.add_report("s", report(), identified("")).has_value());
    BOOST_TEST(store.add_report("s", report(), identified("")).has_value());
    BOOST_TEST(store.last_reports("s", 9).size() == 4U);
}

TRAFIKITO_STORE_TEST_CASE(an_id_says_more_than_a_token_and_a_token_more_than_nothing) {
    auto store = open();
    BOOST_TEST(store.add_report("s", report(), identified(one, "token")).has_value());
    BOOST_TEST(!store.add_report("s", report(), identified(one, "token")).has_value());
    BOOST_TEST(!store.add_report("s", report(), identified(one)).has_value());
    // Two that call themselves different are, whatever order they answer; of two of which one does
    // not say, the order decides.
    BOOST_TEST(store.add_report("s", report(), identified(other, "token")).has_value());
    BOOST_TEST(!store.add_report("s", report(), identified(other, "token")).has_value());
    BOOST_TEST(!store.add_report("s", report(), identified("", "token")).has_value());
    BOOST_TEST(store.add_report("s", report(), identified("", "shell")).has_value());
    BOOST_TEST(!store.add_report("s", report(), identified(one, "shell")).has_value());
    BOOST_TEST(store.last_reports("s", 9).size() == 3U);
}

TRAFIKITO_STORE_TEST_CASE(of_duplicates_that_race_one_is_stored) {
    constexpr int rounds = 50;
    std::atomic<int> stored = 0;
    open().forget_what_is_old(); // who comes first says what time it is
    auto const race = [&] {
        auto store = open();
        for (int round = 0; round < rounds; ++round) {
            auto id = std::string(one);
            id.replace(0, 2, std::to_string(10 + round));
            stored += store.add_report("s", report(), identified(id)).has_value() ? 1 : 0;
        }
    };
    std::thread first(race);
    std::thread second(race);
    first.join();
    second.join();
    BOOST_TEST(stored == rounds);
    BOOST_TEST(open().last_reports("s", 1000).size() == static_cast<std::size_t>(rounds));
}

TRAFIKITO_STORE_TEST_CASE(what_came_with_a_report_is_there_again) {
    auto facts = identified(one);
    facts.collected = now - 14min;
    facts.results = R"([{"command":"trafikito_x"}])";
    open().add_report("s", report(), facts);
    auto store = open(server::store::access::read_only);
    for (auto const& each : {store.last_reports("s", 1).at(0), store.reports_after(0).at(0)}) {
        BOOST_TEST((each.received == now));
        BOOST_TEST((each.collected == now - 14min));
        BOOST_TEST((each.data_time() == now - 14min));
        BOOST_TEST(each.report_id == one);
    }
    BOOST_TEST(store.results(store.reports_after(0).at(0)) == facts.results);
}

TRAFIKITO_STORE_TEST_CASE(reports_stand_in_the_order_of_their_data) {
    auto store = open();
    store.add_report("s", report(), late(3h)); // 1
    store.add_report("s", report());           // 2
    for (int i = 0; i < 3; ++i) {
        store.add_report("s", report(), late(2h - i * 1min)); // 3, 4, 5
    }
    store.add_report("s", report(), late(2h));                           // 6: as old as 3
    BOOST_TEST(numbers(1) == list{2}, boost::test_tools::per_element()); // the machine as it is
    BOOST_TEST(numbers(9) == (list{1, 3, 6, 4, 5, 2}), boost::test_tools::per_element());
    BOOST_TEST(numbers(2, 4) == (list{4, 2}), boost::test_tools::per_element());
    BOOST_TEST(open().reports_after(0).size() == 6U); // --follow: as they land
    BOOST_TEST(open().reports_after(0).at(2).id == 3);
}

TRAFIKITO_STORE_TEST_CASE(a_clock_that_was_set_back_does_not_bring_old_reports_to_the_end) {
    auto store = open();
    store.add_report("s", report());
    now -= 2h;
    store.add_report("s", report());
    store.add_report("s", report());
    BOOST_TEST(numbers(9) == (list{1, 2, 3}), boost::test_tools::per_element());
}

TRAFIKITO_STORE_TEST_CASE(late_data_makes_no_machine_look_fresh_or_stale) {
    auto store = open();
    BOOST_TEST(!row().last_data.has_value());
    store.add_report("s", report(), late(2h)); // after a silence: that is all we know
    BOOST_TEST((row().last_data == now - 2h));
    BOOST_TEST((row().last_report == now));
    store.add_report("s", report());
    auto const fresh = now;
    now += 1min;
    store.add_report("s", report(), late(1h));
    BOOST_TEST((row().last_data == fresh));
    BOOST_TEST((row().last_report == now));
}

TRAFIKITO_STORE_TEST_CASE(a_time_from_a_clock_that_was_wrong_does_not_keep_a_machine_alive) {
    auto store = open();
    now += 24h * 365;
    store.add_report("s", report());
    now -= 24h * 365;
    store.add_report("s", report());
    BOOST_TEST((row().last_data == now));
    store.add_report("s", report(), late(1h));
    BOOST_TEST((row().last_data == now));
}

TRAFIKITO_STORE_TEST_CASE(a_late_report_does_not_bring_back_an_old_list) {
    auto store = open();
    auto with_list = [&](server::store::report_facts facts, char const* lines) {
        facts.available = lines;
        store.add_report("s", report(), facts);
        return row().available;
    };
    BOOST_TEST(with_list(late(2h), "older") == "older"); // the newest that is known
    BOOST_TEST(with_list({}, "fresh") == "fresh");
    BOOST_TEST(with_list(late(1h), "old") == "fresh");
    now += 10min;
    BOOST_TEST(with_list(late(5min), "newer") == "newer"); // late, and still after the last data
    store.add_report("s", report());                       // says nothing of a list
    BOOST_TEST(row().available == "newer");
}

TRAFIKITO_STORE_TEST_CASE(reports_are_kept_from_their_arrival_on) {
    auto store = open(server::store::access::read_write, 1h);
    store.add_report("s", report(), late(20h));
    now += 59min;
    store.add_report("s", report());
    BOOST_TEST(numbers(9) == (list{1, 2}), boost::test_tools::per_element());
    now += engine == test::engine_kind::sqlite ? 2min : 24h; // PostgreSQL forgets whole days
    store.add_report("s", report());
    while (store.forget_what_is_old()) {
    }
    if (engine == test::engine_kind::sqlite) {
        BOOST_TEST(numbers(9) == (list{2, 3}), boost::test_tools::per_element());
    } else {
        BOOST_TEST(numbers(9) == (list{3}), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_database_of_schema_1_is_upgraded_with_all_that_it_holds) {
    std::filesystem::remove(file);
    std::filesystem::remove(file.string() + "-wal");
    {
        server::database::sqlite raw(file, server::store::access::read_write);
        test::make_old_database(raw, 1);
        raw.run_script(
            "INSERT INTO servers (id, name, key_digest, created_at, last_report_at) "
            "VALUES ('s', 'old', x'01', 1, 1799999999000), ('u', 'silent', x'02', 1, NULL);"
            "INSERT INTO reports (server_id, received_at, token, took) "
            "VALUES ('s', 1799999998000, 'token', 3), ('s', 1799999999000, NULL, NULL);"
            "INSERT INTO outputs (report_id, position, command, bytes) VALUES (2, 0, 'c', 'b');");
    }
    BOOST_CHECK_THROW(open(server::store::access::read_only), server::store::store_error);
    auto store = open();
    BOOST_TEST((row().last_data == now - 1s));
    BOOST_TEST(!store.find_server("u").value().last_data.has_value());
    BOOST_TEST(numbers(9) == (list{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(store.outputs(store.reports_after(1).at(0)).at(0).bytes == "b");
    BOOST_TEST(store.results(store.reports_after(1).at(0)).empty());
    BOOST_TEST(!store.add_report("s", report(), identified("", "token")).has_value());
    store.add_report("s", report(), late(1h));
    store.add_report("s", report());
    BOOST_TEST(numbers(9) == (list{3, 1, 2, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
