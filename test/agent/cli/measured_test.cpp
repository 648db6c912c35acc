#include "agent/cli/measured.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito;
using namespace trafikito::agent::cli;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

exec::result ran(int code, milliseconds wall = seconds(2), std::string const& output = "out\n") {
    exec::result value("trafikito_x", 1024);
    value.end = exec::result::ending::exited;
    value.code = code;
    value.wall = wall;
    value.cpu = seconds(1);
    value.peak_memory = 3UL * 1024 * 1024;
    value.output.append(output);
    return value;
}

named_runs once(std::string const& name, measured what) {
    return {name, {std::move(what)}};
}

std::string table(std::vector<named_runs> const& commands) {
    std::string text;
    for (auto const& line : table_of(commands)) {
        text += (line.failed ? "!" : " ") + line.text + "\n";
    }
    return text;
}

std::string lines(std::vector<std::string> const& all) {
    std::string text;
    for (auto const& line : all) {
        text += line + "\n";
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(measured)

BOOST_AUTO_TEST_CASE(a_table_has_a_line_for_each_command) {
    auto timed_out = ran(0, seconds(30), std::string(2000, 'x'));
    timed_out.end = exec::result::ending::signalled;
    timed_out.code = 15;
    timed_out.stopped = true;
    timed_out.leftovers_killed = 2;
    timed_out.peak_memory_is_bound = true;
    exec::result not_started("trafikito_z");
    not_started.reason = "no room";
    std::vector<named_runs> const commands{
        once("trafikito_uptime", measure(ran(0), seconds(30))),
        once("trafikito_df", measure(ran(127), seconds(30))),
        once("trafikito_slow", measure(timed_out, seconds(30))),
        once("trafikito_z", measure(not_started, seconds(30))),
    };
    BOOST_TEST(table(commands) ==
               " COMMAND           ENDED                              TIME  CPU      MEMORY"
               "              OUTPUT\n"
               " trafikito_uptime  exit 0                              2 s  1 s     3.0 MiB"
               "             4 bytes\n"
               "!trafikito_df      exit 127                            2 s  1 s     3.0 MiB"
               "             4 bytes\n"
               "!trafikito_slow    timed out, signal 15 (Terminated)  30 s  1 s  <= 3.0 MiB"
               "  1.0 KiB of 1.9 KiB  2 left behind and killed\n"
               "!trafikito_z       not run\n");
    BOOST_TEST(summary_of(commands) == "4 commands: 1 well, 1 failed, 1 timed out, 1 not run");
    BOOST_TEST(!all_well(commands));
    BOOST_TEST(commands.back().runs.front().ended == "not run: no room");
}

BOOST_AUTO_TEST_CASE(what_was_interrupted_did_not_time_out) {
    auto value = ran(0);
    value.end = exec::result::ending::signalled;
    value.code = 15;
    value.stopped = true;
    BOOST_TEST(measure(value, seconds(30), true).ended == "interrupted, signal 15 (Terminated)");
    BOOST_TEST(measure(value, seconds(30)).ended ==
               "cycle_timeout was over, signal 15 (Terminated)");
    BOOST_TEST(measure(value, seconds(1)).ended == "timed out, signal 15 (Terminated)");
    exec::result never("trafikito_x");
    never.kept_back = exec::result::hindrance::interrupted;
    never.reason = "the agent was asked to stop";
    BOOST_TEST(measure(never, seconds(30), true).ended == "not run: interrupted");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_killed_is_not_well) {
    auto value = ran(0);
    value.unkillable = 1;
    std::vector<named_runs> const commands{once("trafikito_x", measure(value, seconds(30)))};
    BOOST_TEST(!all_well(commands));
    BOOST_TEST(table(commands).find("1 left behind that cannot be killed") != std::string::npos);
    BOOST_TEST(all_well({once("trafikito_x", measure(ran(0), seconds(30)))}));
}

BOOST_AUTO_TEST_CASE(endings_are_counted) {
    std::vector<agent::cli::measured> runs{
        measure(ran(0), seconds(30)), measure(ran(1), seconds(30)), measure(ran(0), seconds(30))};
    BOOST_TEST(endings_of(runs) == "3 runs: exit 0 in 2, exit 1 in 1; the same output each time");
    runs.push_back(measure(ran(0, seconds(1), "other\n"), seconds(30)));
    BOOST_TEST(endings_of(runs) == "4 runs: exit 0 in 3, exit 1 in 1; 2 different outputs");
    BOOST_TEST(endings_of({measure(ran(0), seconds(30))}) == "1 run: exit 0");
    BOOST_TEST(endings_of({not_run("why")}) == "1 run: not run: why");
}

BOOST_AUTO_TEST_CASE(the_spread_is_least_median_and_most) {
    std::vector<agent::cli::measured> runs{
        measure(ran(0, seconds(9)), seconds(30)),
        measure(ran(0, seconds(1), "a longer one\n"), seconds(30)),
        measure(ran(0, seconds(2)), seconds(30)), not_run("x")};
    BOOST_TEST(lines(spread_of(runs)) == "                  least   median      most\n"
                                         "time                1 s      2 s       9 s\n"
                                         "processor time      1 s      1 s       1 s\n"
                                         "memory          3.0 MiB  3.0 MiB   3.0 MiB\n"
                                         "output          4 bytes  4 bytes  13 bytes\n");
    runs.push_back(
        measure(ran(0, seconds(4)), seconds(30))); // of two in the middle, what is between
    BOOST_TEST(spread_of(runs)[1] == "time                1 s      3 s       9 s");
    BOOST_TEST(spread_of({not_run("x")}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
