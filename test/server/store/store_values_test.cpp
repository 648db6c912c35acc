// Numbers out of outputs, from the report with which they come to the end of their time.
#include "server/store/store.hpp"

#include "net/api/report.hpp"
#include "server/store/packer.hpp"
#include "server/store/store_check.hpp"
#include "server/store/value_pack.hpp"
#include "test/server/store/store_fixture.hpp"
#include "test/support/eventually.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
namespace kept = trafikito::server::store;
using server::values::taken_value;

taken_value value(std::string name, double number, std::string instance = {}) {
    return {.command = "trafikito_x",
            .name = std::move(name),
            .instance = std::move(instance),
            .unit = "%",
            .chart = "load",
            .value = number};
}

struct fixture : test::store_fixture {
    kept::store open_with_servers(std::chrono::seconds keep = std::chrono::hours(24)) {
        auto store = open(kept::access::read_write, keep);
        store.add_server("s", "s", server::security::sha256("s"));
        store.add_server("t", "t", server::security::sha256("t"));
        return store;
    }
    /// As if it had come now; `late`: of data that long ago.
    void add(kept::store& to, std::string_view server, std::vector<taken_value> all,
             std::chrono::milliseconds late = 0ms) const {
        kept::report_facts facts;
        facts.values = std::move(all);
        if (late != 0ms) {
            facts.collected = now - late;
        }
        BOOST_REQUIRE(to.add_report(server, {{{"trafikito_x", "1"}}, {}}, facts));
    }
    /// A report a minute, each with its number as the value of `load`.
    void add_minutes(kept::store& to, int count, std::string_view server = "s") {
        for (int number = 0; number < count; ++number) {
            add(to, server, {value("load", number)});
            now += 1min;
        }
    }
    std::vector<double> averages(kept::store& from, std::string_view server = "s",
                                 std::chrono::milliseconds step = 0ms) const {
        auto const found = from.points(server, base::wall_time(), now + 24h, step);
        std::vector<double> all;
        for (auto const& series : found.series) {
            for (auto const& point : series.points) {
                all.push_back(point.average);
            }
        }
        return all;
    }
    static std::vector<double> up_to(int count) {
        std::vector<double> all;
        for (int number = 0; number < count; ++number) {
            all.push_back(number);
        }
        return all;
    }
    /// What the packer does with them.
    void pack(kept::store& store) const {
        auto const time = store.time_of_what_is_kept();
        for (bool more = true; more;) {
            more = false;
            for (auto const& id : store.servers_with_values_to_pack(time)) {
                auto const one = store.pack_values(id, time);
                more = (one && store.replace_by_block(*one)) || more;
            }
        }
        for (auto one = store.thin_values(time); one; one = store.thin_values(time)) {
            BOOST_REQUIRE(store.replace_by_block(*one));
        }
    }
    std::int64_t blocks(std::int64_t step) const {
        return ask_raw("SELECT count(*) FROM value_blocks WHERE step = " + std::to_string(step));
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(store_values)

TRAFIKITO_STORE_TEST_CASE(values_of_a_report_are_points_of_their_series) {
    auto store = open_with_servers();
    add(store, "s", {value("load", 0.42), value("disk", 12, "/"), value("disk", 99.5, "/var")});
    now += 1min;
    add(store, "s", {value("load", -1e9), value("disk", 13, "/")});
    auto const series = store.series("s");
    BOOST_REQUIRE(series.size() == 3U);
    BOOST_TEST(series[0].name == "disk");
    BOOST_TEST(series[0].instance == "/");
    BOOST_TEST(series[1].instance == "/var");
    BOOST_TEST(series[2].name == "load");
    BOOST_TEST(series[2].command == "trafikito_x");
    BOOST_TEST(series[2].unit == "%");
    BOOST_TEST(series[2].chart == "load");
    auto const found = store.points("s", now - 1h, now + 1ms, 0ms);
    BOOST_TEST(found.step.count() == 0);
    BOOST_REQUIRE(found.series.size() == 3U);
    auto const load = std::ranges::find(found.series, series[2].id, &kept::series_points::series);
    BOOST_REQUIRE(load->points.size() == 2U);
    BOOST_TEST(load->points[0].average == 0.42);
    BOOST_TEST((load->points[0].at == now - 1min));
    BOOST_TEST(load->points[1].average == -1e9);
    BOOST_TEST(store.points("t", now - 1h, now + 1ms, 0ms).series.empty());
    BOOST_TEST(store.points("s", now, now, 0ms).series.empty());
}

TRAFIKITO_STORE_TEST_CASE(a_series_keeps_its_number_after_a_restart_and_follows_its_rule) {
    std::int64_t number = 0;
    {
        auto store = open_with_servers();
        add(store, "s", {value("load", 1)});
        number = store.series("s").at(0).id;
    }
    auto store = open();
    auto other = value("load", 2);
    other.unit = "B";
    other.chart = "";
    add(store, "s", {other});
    auto const series = store.series("s");
    BOOST_REQUIRE(series.size() == 1U);
    BOOST_TEST(series[0].id == number);
    BOOST_TEST(series[0].unit == "B");
    BOOST_TEST(series[0].chart == "");
    BOOST_TEST((averages(store) == std::vector<double>{1, 2}));
}

TRAFIKITO_STORE_TEST_CASE(a_report_that_is_known_brings_no_values_again) {
    auto store = open_with_servers();
    kept::report_facts facts;
    facts.report_id = "one";
    facts.values = {value("load", 1)};
    BOOST_TEST(store.add_report("s", {{{"trafikito_x", "1"}}, {}}, facts).has_value());
    BOOST_TEST(!store.add_report("s", {{{"trafikito_x", "1"}}, {}}, facts).has_value());
    BOOST_TEST(averages(store).size() == 1U);
}

TRAFIKITO_STORE_TEST_CASE(late_values_stand_in_their_place) {
    auto store = open_with_servers();
    add(store, "s", {value("load", 3)});
    add(store, "s", {value("load", 1)}, 2min);
    add(store, "s", {value("load", 2)}, 1min);
    BOOST_TEST((averages(store) == std::vector<double>{1, 2, 3}));
    now += 5h;
    pack(store);
    BOOST_TEST((averages(store) == std::vector<double>{1, 2, 3}));
}

TRAFIKITO_STORE_TEST_CASE(no_more_series_are_kept_of_a_machine_than_that) {
    auto store = open_with_servers();
    for (int part = 0; part < 3; ++part) {
        std::vector<taken_value> all;
        for (int number = 0; number < 256; ++number) {
            all.push_back(value("x", 1, std::to_string(part) + '.' + std::to_string(number)));
        }
        add(store, "s", all);
        now += 1min;
    }
    BOOST_TEST(store.series("s").size() == kept::max_series);
    add(store, "t", {value("x", 1)});
    BOOST_TEST(store.series("t").size() == 1U);
}

TRAFIKITO_STORE_TEST_CASE(points_of_a_step_have_average_minimum_and_maximum) {
    auto store = open_with_servers();
    now = base::wall_time(std::chrono::hours(24 * 20'000));
    add_minutes(store, 10);
    auto const found = store.points("s", now - 10min, now, 5min);
    BOOST_TEST((found.step == 5min));
    BOOST_REQUIRE(found.series.size() == 1U);
    auto const& points = found.series[0].points;
    BOOST_REQUIRE(points.size() == 2U);
    BOOST_TEST(points[0].average == 2);
    BOOST_TEST(points[0].minimum == 0);
    BOOST_TEST(points[0].maximum == 4);
    BOOST_TEST(points[1].average == 7);
    BOOST_TEST((points[1].at - points[0].at == 5min));
}

TRAFIKITO_STORE_TEST_CASE(after_an_hour_they_are_packed_and_nothing_changes) {
    auto store = open_with_servers();
    add_minutes(store, 200);
    add(store, "t", {value("load", 7)});
    pack(store);
    BOOST_TEST(blocks(0) >= 1);
    auto const fresh = ask_raw("SELECT count(*) FROM fresh_values WHERE server_id = 's'");
    BOOST_TEST(fresh >= 60);
    BOOST_TEST(fresh <= 130);
    BOOST_TEST((averages(store) == up_to(200)));
    BOOST_TEST((averages(store, "t") == std::vector<double>{7}));
    BOOST_TEST(store.verify(10s).faults.empty());
}

TRAFIKITO_STORE_TEST_CASE(they_are_thinned_with_time_and_then_go) {
    auto store = open_with_servers(std::chrono::hours(24 * 400));
    now = base::wall_time(std::chrono::hours(24 * 20'000));
    auto const begin = now;
    for (int hour = 0; hour < 24; ++hour) {
        add_minutes(store, 60);
        pack(store);
    }
    now += 6h;
    pack(store);
    BOOST_TEST(blocks(0) > 0);
    BOOST_TEST(blocks(300'000) == 0);
    now = begin + std::chrono::hours(24 * 9);
    pack(store);
    BOOST_TEST(blocks(0) == 0);
    BOOST_TEST(blocks(300'000) == 1);
    auto found = store.points("s", begin, begin + 1h, 0ms);
    BOOST_TEST((found.step == 5min));
    BOOST_REQUIRE(found.series.size() == 1U);
    BOOST_REQUIRE(found.series[0].points.size() == 12U);
    BOOST_TEST(found.series[0].points[1].average == 7);
    BOOST_TEST(found.series[0].points[1].minimum == 5);
    BOOST_TEST(found.series[0].points[1].maximum == 9);
    now = begin + std::chrono::hours(24 * 36);
    pack(store);
    BOOST_TEST(blocks(300'000) == 0);
    BOOST_TEST(blocks(3'600'000) == 1);
    found = store.points("s", begin, begin + 24h, 0ms);
    BOOST_TEST((found.step == 1h));
    BOOST_REQUIRE(found.series[0].points.size() == 24U);
    BOOST_TEST(found.series[0].points[2].average == 29.5);
    BOOST_TEST(found.series[0].points[2].minimum == 0);
    BOOST_TEST(found.series[0].points[2].maximum == 59);
    BOOST_TEST(store.verify(10s).faults.empty());
    now = begin + std::chrono::hours(24 * 92);
    while (store.tidy()) {
    }
    BOOST_TEST(blocks(3'600'000) == 0);
}

TRAFIKITO_STORE_TEST_CASE(whoever_would_delete_most_of_them_is_told) {
    auto store = open_with_servers(std::chrono::hours(24 * 400));
    for (int part = 0; part < 24; ++part) {
        add_minutes(store, 60);
        pack(store);
    }
    now += 3h;
    pack(store);
    auto const all = blocks(0);
    BOOST_TEST(all >= 10);
    BOOST_TEST(!store.would_forget_most_values({.keep_values = 48h}).has_value());
    BOOST_TEST(!store.would_forget_most_values({.keep_values = 20h}).has_value());
    auto const loss = store.would_forget_most_values({.keep_values = 1h});
    BOOST_REQUIRE(loss.has_value());
    BOOST_TEST(loss->values == all);
    BOOST_TEST(loss->blocks == all);
}

// By hundred days, in a minute.
TRAFIKITO_STORE_TEST_CASE(a_clock_that_jumps_neither_thins_nor_deletes) {
    auto up = 0ms;
    auto wall = now;
    kept::store store(
        open_engine(kept::access::read_write), kept::access::read_write, [&] { return wall; }, {},
        [&] { return up; });
    store.add_server("s", "s", server::security::sha256("s"));
    for (int minute = 0; minute < 200; ++minute) {
        add(store, "s", {value("load", minute)});
        wall += 1min;
        up += 1min;
    }
    pack(store);
    auto const packed = blocks(0);
    BOOST_TEST(packed > 0);
    wall += std::chrono::hours(24 * 100);
    up += 1min;
    while (store.tidy()) {
    }
    pack(store);
    BOOST_TEST(blocks(0) >= packed);
    BOOST_TEST(blocks(300'000) == 0);
    BOOST_TEST((averages(store) == up_to(200)));
}

TRAFIKITO_STORE_TEST_CASE(whoever_follows_gets_each_row_once) {
    auto store = open_with_servers();
    BOOST_TEST(store.last_values_id() == 0);
    add(store, "s", {value("load", 1)});
    auto const first = store.last_values_id();
    auto const before = store.values_after(0, 10);
    BOOST_REQUIRE(before.size() == 1U);
    BOOST_TEST(before[0].id == first);
    BOOST_TEST(before[0].server_id == "s");
    BOOST_TEST((before[0].at == now));
    BOOST_REQUIRE(before[0].values.size() == 1U);
    BOOST_TEST(before[0].values[0].value == 1);
    BOOST_TEST(before[0].values[0].series == store.series("s").at(0).id);
    add(store, "t", {value("load", 2)});
    add(store, "s", {});
    add(store, "t", {value("load", 3)});
    auto const rows = store.values_after(first, 10);
    BOOST_REQUIRE(rows.size() == 2U);
    BOOST_TEST(rows[0].values[0].value == 2);
    BOOST_TEST(rows[1].values[0].value == 3);
    BOOST_TEST(store.values_after(first, 1).size() == 1U);
    BOOST_TEST(store.values_after(store.last_values_id(), 10).empty());
}

TRAFIKITO_STORE_TEST_CASE(values_go_with_their_server) {
    auto store = open_with_servers();
    add_minutes(store, 200);
    add(store, "t", {value("load", 1)});
    pack(store);
    BOOST_TEST(store.remove_server("s"));
    BOOST_TEST(ask_raw("SELECT count(*) FROM value_blocks") == 0);
    BOOST_TEST(ask_raw("SELECT count(*) FROM fresh_values") == 1);
    BOOST_TEST(ask_raw("SELECT count(*) FROM series") == 1);
    // One of that id that comes anew begins with series of its own.
    BOOST_TEST(store.add_server_anew("s", "s", server::security::sha256("s")));
    add(store, "s", {value("load", 5)});
    BOOST_TEST(store.series("s").size() == 1U);
    BOOST_TEST((averages(store) == std::vector<double>{5}));
}

TRAFIKITO_STORE_TEST_CASE(a_report_that_cannot_be_stored_leaves_no_series) {
    auto store = open_with_servers();
    store.set({.keep = 24h, .machine_quota = 1});
    kept::report_facts facts;
    facts.values = {value("load", 1)};
    BOOST_CHECK_THROW(store.add_report("s", {{{"trafikito_x", "1"}}, {}}, facts),
                      kept::store_too_large);
    BOOST_TEST(store.series("s").empty());
    store.set({.keep = 24h});
    add(store, "s", {value("load", 2)});
    BOOST_TEST((averages(store) == std::vector<double>{2}));
}

TRAFIKITO_STORE_TEST_CASE(a_damaged_block_is_said_and_a_gap) {
    auto store = open_with_servers();
    add_minutes(store, 200);
    pack(store);
    BOOST_TEST(store.points("s", now - 24h, now, 0ms).damaged == 0);
    run_raw("UPDATE value_blocks SET body = " +
            std::string(engine == test::engine_kind::sqlite ? "x'01ff00'" : "'\\x01ff00'"));
    BOOST_TEST(!store.verify(10s).faults.empty());
    auto const found = store.points("s", now - 24h, now, 0ms);
    BOOST_TEST(found.damaged >= 1);
    BOOST_REQUIRE(found.series.size() == 1U);
    auto const& last = found.series[0].points;
    BOOST_TEST(last.size() >= 60U);
    BOOST_TEST(last.size() < 200U);
    BOOST_TEST(last.back().average == 199);
    // Where it is thinned it goes, with a word.
    auto const thinned = store.thin_values(now + std::chrono::hours(24 * 30));
    BOOST_REQUIRE(thinned.has_value());
    BOOST_TEST(thinned->fault.find("could not be read") != std::string::npos);
}

TRAFIKITO_STORE_TEST_CASE(the_packer_packs_them_beside_the_reports) {
    auto store = open_with_servers();
    add_minutes(store, 200);
    boost::asio::io_context context;
    kept::store_thread thread(context.get_executor(), store);
    {
        kept::packer packer(
            thread,
            [this] {
                return std::make_unique<kept::store>(open_engine(kept::access::read_only),
                                                     kept::access::read_only,
                                                     [this] { return now; });
            },
            10ms);
        BOOST_TEST(test::eventually([&] { return blocks(0) > 0; }));
        BOOST_TEST(packer.fault() == "");
    }
    BOOST_TEST(thread.stop(10s));
    auto again = open(kept::access::read_only);
    BOOST_TEST((averages(again) == up_to(200)));
}

BOOST_AUTO_TEST_SUITE_END()
