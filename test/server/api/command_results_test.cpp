#include "server/api/command_results.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;

std::string line(std::string const& members) {
    return server::api::command_results(R"([{"command":"x",)" + members + "}]").next_of("x").words;
}

BOOST_AUTO_TEST_SUITE(command_results)

BOOST_AUTO_TEST_CASE(what_went_well_says_nothing) {
    BOOST_TEST(line(R"("exitCode":0,"durationMs":20,"timedOut":false)").empty());
    BOOST_TEST(line(R"("durationMs":20)").empty());
    BOOST_TEST(server::api::command_results("").next_of("x").words.empty());
    BOOST_TEST(server::api::command_results("[]").next_of("x").words.empty());
    BOOST_TEST(server::api::command_results(R"([{"command":"y","exitCode":1}])")
                   .next_of("x")
                   .words.empty());
}

BOOST_AUTO_TEST_CASE(what_did_not_is_said_with_its_duration) {
    BOOST_TEST(line(R"("exitCode":3,"durationMs":20)") == "failed: exit code 3 after 20 ms");
    BOOST_TEST(line(R"("exitCode":3,"durationMs":90000)") == "failed: exit code 3 after 90 s");
    BOOST_TEST(line(R"("signal":9,"durationMs":1250)") ==
               "killed by signal 9 (Killed) after 1.2 s");
    BOOST_TEST(line(R"("signal":15,"durationMs":30000,"timedOut":true)") ==
               "timed out: stopped by the agent after 30 s, by signal 15 (Terminated)");
    BOOST_TEST(line(R"("exitCode":0,"durationMs":300000,"timedOut":true)") ==
               "timed out: stopped by the agent after 5 min, its exit code was 0");
    BOOST_TEST(line(R"("abandoned":true,"durationMs":50000,"timedOut":true)") ==
               "could not be killed and was left behind after 50 s");
    BOOST_TEST(line(R"("notRun":"it is not in the list")") == "not run: it is not in the list");
    BOOST_TEST(line(R"("exitCode":1,"durationMs":10,"ageSeconds":240)") ==
               "failed: exit code 1 after 10 ms, 4 min before this report");
}

BOOST_AUTO_TEST_CASE(what_the_agent_wrote_below_the_output_for_the_same_is_not_said_again) {
    auto const left = [](std::string const& members, std::string_view output) {
        server::api::command_results all(R"([{"command":"x",)" + members + "}]");
        return std::string(all.next_of("x").without_notes(output));
    };
    BOOST_TEST(left(R"("notRun":"why")", "[trafikito-agent: not run: why]\n").empty());
    BOOST_TEST(left(R"("notRun":"why")", "[trafikito-agent: not started: why]\n").empty());
    BOOST_TEST(left(R"("exitCode":1,"ageSeconds":9)", "a\n[trafikito-agent: from 9 s ago]\n") ==
               "a\n");
    BOOST_TEST(left(R"("timedOut":true,"signal":9,"ageSeconds":9)",
                    "a\n[trafikito-agent: stopped after 1 s]\n[trafikito-agent: from 9 s ago]\n") ==
               "a\n");
    BOOST_TEST(left(R"("abandoned":true,"timedOut":true)",
                    "a\n[trafikito-agent: could not be killed; it still runs]\n"
                    "[trafikito-agent: stopped after 1 s]\n") == "a\n");
    // What says more, and what a command printed itself, stays.
    for (std::string const output :
         {"a\n[trafikito-agent: not run: x]\n", "[trafikito-agent: 5 bytes kept of 9]\n",
          "[trafikito-agent: stopped after 1 s]\na\n", ""}) {
        BOOST_TEST(left(R"("exitCode":1)", output) == output);
    }
    BOOST_TEST(left(R"("exitCode":0,"ageSeconds":9)", "[trafikito-agent: from 9 s ago]\n") ==
               "[trafikito-agent: from 9 s ago]\n");
}

BOOST_AUTO_TEST_CASE(a_name_that_was_asked_for_twice_has_two_endings) {
    server::api::command_results two(R"([{"command":"x","exitCode":1},{"command":"y","exitCode":2},
                    {"command":"x","exitCode":3}])");
    BOOST_TEST(two.next_of("x").words == "failed: exit code 1");
    BOOST_TEST(two.next_of("x").words == "failed: exit code 3");
    BOOST_TEST(two.next_of("x").words.empty());
    BOOST_TEST(two.next_of("y").words == "failed: exit code 2");
}

BOOST_AUTO_TEST_CASE(hostile_results_are_harmless) {
    for (std::string const text :
         {"null", "{}", "[1,[],null]", "[{}]", R"([{"command":1}])", "\xff", "[",
          R"([{"command":"x","exitCode":"1","signal":{},"durationMs":[],"timedOut":1}])",
          R"([{"command":"x","exitCode":1e99}])", R"([{"command":"x","ageSeconds":-1}])"}) {
        BOOST_TEST(server::api::command_results(text).next_of("x").words.empty(), text);
    }
    BOOST_TEST(line(R"("signal":-7)") == "killed by signal -7");
    BOOST_TEST(line(R"("signal":9223372036854775807)") == "killed by signal 9223372036854775807");
    BOOST_TEST(line(R"("exitCode":1,"durationMs":-1)") == "failed: exit code 1");
    auto const escaped = line(R"("notRun":"\u001b[31m\n)" + std::string(5000, 'x') + '"');
    BOOST_TEST(escaped.starts_with("not run: \\x1b[31m\\x0a"));
    BOOST_TEST(escaped.size() < 400U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
