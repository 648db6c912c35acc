#include "agent/cycle/results_field.hpp"

#include "agent/cycle/sections.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace trafikito;
using ending = exec::result::ending;

namespace {

exec::result ended(ending how, int code) {
    exec::result value("trafikito_one", 100);
    value.end = how;
    value.code = code;
    value.wall = std::chrono::milliseconds(1500);
    value.cpu = std::chrono::milliseconds(20);
    value.peak_memory = 4096;
    value.output.append(std::string(250, 'x'));
    return value;
}

} // namespace

BOOST_AUTO_TEST_SUITE(results_field)

BOOST_AUTO_TEST_CASE(a_result_tells_all_that_is_known) {
    auto value = ended(ending::exited, 3);
    value.leftovers_killed = 2;
    BOOST_TEST(boost::json::serialize(agent::cycle::result_to_json(value)) ==
               R"({"command":"trafikito_one","exitCode":3,"durationMs":1500,"cpuMs":20,)"
               R"("peakMemory":4096,"bytesSeen":250,"bytesKept":100,"timedOut":false,)"
               R"("leftoversKilled":2})");
}

BOOST_AUTO_TEST_CASE(memory_that_is_not_known_exactly_is_not_said_to_be) {
    auto value = ended(ending::exited, 0);
    value.peak_memory_is_bound = true;
    auto const object = agent::cycle::result_to_json(value);
    BOOST_TEST(object.at("peakMemoryAtMost").as_uint64() == 4096U);
    BOOST_TEST(!object.contains("peakMemory"));
    BOOST_TEST(exec::describe(value).find("at most 4 KiB of memory") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_signal_is_no_exit_code) {
    auto const object = agent::cycle::result_to_json(ended(ending::signalled, 9));
    BOOST_TEST(object.at("signal").as_int64() == 9);
    BOOST_TEST(!object.contains("exitCode"));
}

BOOST_AUTO_TEST_CASE(what_was_not_started_says_why_and_nothing_else) {
    exec::result value("trafikito_one");
    value.reason = "no such user";
    BOOST_TEST(boost::json::serialize(agent::cycle::result_to_json(value)) ==
               R"({"command":"trafikito_one","notRun":"no such user"})");
}

BOOST_AUTO_TEST_CASE(sections_are_told_in_the_order_asked) {
    agent::cycle::sections all({"trafikito_none", "trafikito_one", "trafikito_old"});
    all.finish(1, ended(ending::exited, 0));
    all.refuse(0, "not in the list");
    all.repeat(2, ended(ending::exited, 0), std::chrono::seconds(240));
    auto const array = boost::json::parse(all.results()).as_array();
    BOOST_REQUIRE_EQUAL(array.size(), 3U);
    BOOST_TEST(array[0].at("notRun").as_string() == "not in the list");
    BOOST_TEST(array[1].at("exitCode").as_int64() == 0);
    BOOST_TEST(array[2].at("ageSeconds").as_int64() == 240);
}

BOOST_AUTO_TEST_CASE(in_numbers_they_are_told_in_the_same_order) {
    using in_numbers = agent::cycle::command_outcome::ending;
    agent::cycle::sections all({"trafikito_none", "trafikito_one", "trafikito_old", "trafikito_x"});
    all.refuse(0, "not in the list");
    auto stopped = ended(ending::signalled, 15);
    stopped.stopped = true;
    all.finish(1, std::move(stopped));
    all.repeat(2, ended(ending::exited, 0), std::chrono::seconds(240));
    all.finish(3, exec::result("trafikito_x"));
    auto const outcomes = all.outcomes();
    BOOST_REQUIRE_EQUAL(outcomes.size(), 4U);
    BOOST_TEST((outcomes[0].end == in_numbers::refused));
    BOOST_TEST((outcomes[1].end == in_numbers::signalled));
    BOOST_TEST(outcomes[1].code == 15);
    BOOST_TEST(outcomes[1].took.count() == 1500);
    BOOST_TEST(outcomes[1].timed_out);
    BOOST_TEST(outcomes[1].cut);
    BOOST_TEST((outcomes[2].end == in_numbers::repeated));
    BOOST_TEST((outcomes[3].end == in_numbers::not_run));
}

BOOST_AUTO_TEST_SUITE_END()
