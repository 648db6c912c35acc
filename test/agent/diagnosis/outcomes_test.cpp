#include "agent/diagnosis/outcomes.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::agent::diagnosis;
using kind = command_end::kind;

BOOST_AUTO_TEST_SUITE(outcomes)

BOOST_AUTO_TEST_CASE(how_each_ended) {
    auto const ends = parse_ends(R"([{"command":"a","exitCode":0,"timedOut":false},
        {"command":"b","exitCode":127},{"command":"c","signal":11},
        {"command":"d","signal":9,"timedOut":true,"durationMs":1500},
        {"command":"e","notRun":"no such command in available_commands.sh"},
        {"command":"f","abandoned":true},{"command":"g","exitCode":1}])");
    BOOST_REQUIRE(ends.size() == 7U);
    BOOST_TEST((ends[0].is == kind::well));
    BOOST_TEST(ends[1].words == "exit code 127: its program is not found in the agent's PATH");
    BOOST_TEST(ends[2].words == "ended by signal 11 (SIGSEGV)");
    BOOST_TEST((ends[3].is == kind::stopped));
    BOOST_TEST(ends[3].words == "stopped after 1.5 s");
    BOOST_TEST((ends[4].is == kind::not_run));
    BOOST_TEST((ends[5].is == kind::stopped));
    BOOST_TEST(ends[6].words == "exit code 1");
}

BOOST_AUTO_TEST_CASE(what_is_no_list_of_results_holds_no_command) {
    for (auto const* const text : {"", "{}", "[1, {}, {\"command\":2}]", "nonsense", "[null]"}) {
        BOOST_TEST(parse_ends(text).empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()
