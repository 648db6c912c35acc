// What a machine sent, at any time; and its numbers.
#include "server/people/series_endpoints.hpp"

#include "server/people/json_values.hpp"
#include "test/server/people/machines_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using server::people::role;
using server::people::step_for;
using server::people::to_milliseconds;

struct fixture : test::machines_fixture {
    std::string const machine = "/api/v1/machines/srv-1";

    std::string at(base::wall_time time) const { return std::to_string(to_milliseconds(time)); }
    std::string text_of(boost::json::object const& all, std::size_t which = 0) {
        return std::string(all.at("outputs").as_array().at(which).at("text").as_string());
    }
};

BOOST_FIXTURE_TEST_SUITE(output_endpoints, fixture)

BOOST_AUTO_TEST_CASE(they_are_as_they_were_then) {
    auto const begun = now;
    for (int minute = 0; minute < 3; ++minute) {
        now = begun + minute * 1min;
        report({{"trafikito_x", "text " + std::to_string(minute)}});
    }
    auto const newest = read(machine + "/outputs");
    BOOST_TEST(text_of(newest) == "text 2");
    BOOST_TEST(newest.at("next").is_null());
    BOOST_TEST(newest.at("previous").at("at").as_int64() == to_milliseconds(begun + 1min));
    auto const then = read(machine + "/outputs?at=" + at(begun + 90s));
    BOOST_TEST(text_of(then) == "text 1");
    BOOST_TEST(then.at("next").at("at").as_int64() == to_milliseconds(begun + 2min));
    auto const first = read(machine + "/outputs?at=" + at(begun));
    BOOST_TEST(text_of(first) == "text 0");
    BOOST_TEST(first.at("previous").is_null());
    auto const before = read(machine + "/outputs?at=" + at(begun - 1s));
    BOOST_TEST(before.at("report").is_null());
    BOOST_TEST(before.at("outputs").as_array().empty());
    BOOST_TEST(before.at("next").at("at").as_int64() == to_milliseconds(begun));
}

BOOST_AUTO_TEST_CASE(late_data_stands_in_its_place) {
    auto const begun = now;
    report({{"trafikito_x", "on time"}});
    now += 10min;
    report({{"trafikito_x", "newest"}});
    report({{"trafikito_x", "late"}}, "[]", 5);
    auto const all = read(machine + "/reports").at("reports").as_array();
    BOOST_REQUIRE(all.size() == 3U);
    BOOST_TEST(all[1].at("late").as_bool());
    BOOST_TEST(all[1].at("at").as_int64() == to_milliseconds(begun + 5min));
    BOOST_TEST(!all[2].at("late").as_bool());
    BOOST_TEST(text_of(read(machine + "/outputs?at=" + at(begun + 6min))) == "late");
    BOOST_TEST(read(machine + "/reports?from=" + at(begun + 1min) + "&limit=1")
                   .at("reports")
                   .as_array()
                   .at(0)
                   .at("at")
                   .as_int64() == to_milliseconds(now));
}

BOOST_AUTO_TEST_CASE(hostile_bytes_are_text_or_a_file_that_is_only_stored) {
    std::string const bytes = "\x1b[2J<script>\xff\xc3\xa9" + std::string(1, '\0') + "end";
    report({{"trafikito_x", bytes}});
    auto const one = read(machine + "/outputs").at("outputs").as_array().at(0).as_object();
    BOOST_TEST(one.at("text").as_string() ==
               "\x1b[2J<script>\xef\xbf\xbd\xc3\xa9" + std::string(1, '\0') + "end");
    BOOST_TEST(one.at("binary").as_bool());
    BOOST_TEST(one.at("bytes").as_int64() == static_cast<std::int64_t>(bytes.size()));
    auto const file = ask(role::reader, "GET", machine + "/outputs/trafikito_x");
    BOOST_REQUIRE(file.shared_body);
    BOOST_TEST(*file.shared_body == bytes);
    BOOST_TEST(file.content_type == "application/octet-stream");
    BOOST_TEST(test::header_of(file, "Content-Disposition").starts_with("attachment"));
    BOOST_TEST(test::header_of(file, "X-Content-Type-Options") == "nosniff");
    BOOST_TEST(ask(role::reader, "GET", machine + "/outputs/trafikito_y").status == 404U);
}

BOOST_AUTO_TEST_CASE(a_large_one_is_cut_between_characters) {
    std::string large;
    for (int i = 0; i < 50'000; ++i) {
        large += "\xc3\xa9";
    }
    report({{"trafikito_x", "a" + large}, {"trafikito_y", "small"}});
    auto const all = read(machine + "/outputs?limit=1001");
    BOOST_TEST(text_of(all).size() == 1001U);
    BOOST_TEST(text_of(read(machine + "/outputs?limit=1000")).size() == 999U);
    BOOST_TEST(all.at("outputs").as_array().at(0).at("truncated").as_bool());
    BOOST_TEST(!all.at("outputs").as_array().at(1).at("truncated").as_bool());
    BOOST_TEST(ask(role::reader, "GET", machine + "/outputs?limit=0").status == 400U);
    BOOST_TEST(ask(role::reader, "GET", machine + "/outputs?limit=99999999").status == 400U);
    BOOST_TEST(ask(role::reader, "GET", machine + "/outputs?at=now").status == 400U);
    // More than a clock counts to.
    BOOST_TEST(ask(role::reader, "GET", machine + "/outputs?at=9007199254740992").status == 400U);
    BOOST_TEST(ask(role::reader, "GET", machine + "/series?to=9007199254740992").status == 400U);
    BOOST_TEST(read(machine + "/outputs?at=9000000000000").at("next").is_null());
}

BOOST_AUTO_TEST_CASE(numbers_come_as_they_were_taken_or_in_steps) {
    auto const begun = now;
    for (int minute = 0; minute < 30; ++minute) {
        now = begun + minute * 1min;
        report({{"trafikito_uptime", "x"}}, "[]", {},
               {{"trafikito_uptime", "load_1", "", "", "load", static_cast<double>(minute)}});
    }
    now += 1min;
    auto const raw = read(machine + "/series?from=" + at(begun) + "&to=" + at(now));
    BOOST_TEST(raw.at("step_ms").as_int64() == 0);
    auto const& load = raw.at("series").as_array().at(0).as_object();
    BOOST_TEST(load.at("name").as_string() == "load_1");
    BOOST_TEST(load.at("chart").as_string() == "load");
    BOOST_REQUIRE(load.at("points").as_array().size() == 30U);
    BOOST_TEST(load.at("points").as_array().at(7).at(0).as_int64() ==
               to_milliseconds(begun + 7min));
    BOOST_TEST(load.at("points").as_array().at(7).at(1).as_double() == 7);
    auto const steps =
        read(machine + "/series?from=" + at(begun) + "&to=" + at(now) + "&points=10");
    BOOST_TEST(steps.at("step_ms").as_int64() == 300'000);
    auto const points = steps.at("series").as_array().at(0).at("points").as_array();
    BOOST_REQUIRE(points.size() >= 6U);
    BOOST_TEST(points.at(1).as_array().size() == 4U);
    BOOST_TEST(points.at(1).at(2).as_double() <= points.at(1).at(1).as_double());
    BOOST_TEST(ask(role::reader, "GET", machine + "/series?from=5&to=4").status == 400U);
}

BOOST_AUTO_TEST_CASE(a_step_is_one_that_people_count_by) {
    BOOST_TEST((step_for(500min, 500) == 0ms));
    BOOST_TEST((step_for(501min, 500) == 2min));
    BOOST_TEST((step_for(24h, 500) == 5min));
    BOOST_TEST((step_for(24h * 90, 500) == 360min));
    BOOST_TEST((step_for(24h * 36500, 1) == 43200min));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
