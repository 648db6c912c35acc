#include "agent/cli/system_tool.hpp"

#include "test/support/program.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace trafikito;
using namespace trafikito::agent::cli;
using std::chrono::milliseconds;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(system_tool)

BOOST_AUTO_TEST_CASE(what_it_prints_and_how_it_ends) {
    auto const well = ask_tool({"sh", "-c", "echo out; echo err >&2; exit 3"}, seconds(30));
    BOOST_TEST(well.code == 3);
    BOOST_TEST(well.out == "out\n");
    auto const all =
        ask_tool({"sh", "-c", "echo out; echo err >&2; cat"}, seconds(30), heard::errors);
    BOOST_TEST(all.out == "out\nerr\n");
    BOOST_TEST(ask_tool({"sh", "-c", "kill -9 $$"}, seconds(30)).code == 137);
    BOOST_TEST(ask_tool({"no_such_tool_of_any_system"}, seconds(30)).code == -1);
}

BOOST_AUTO_TEST_CASE(it_has_next_to_no_environment) {
    ::setenv("TRAFIKITO_API_KEY", "secret", 1);
    auto const told = ask_tool({"env"}, seconds(30));
    ::unsetenv("TRAFIKITO_API_KEY");
    BOOST_TEST(told.out.find("secret") == std::string::npos);
    BOOST_TEST(told.out.find("PATH=/usr/sbin:/usr/bin:/sbin:/bin\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_that_does_not_end_is_killed) {
    auto const never = ask_tool({"sh", "-c", "echo begun; sleep 1000"}, milliseconds(300));
    BOOST_TEST(never.code == 137);
    BOOST_TEST(never.out == "begun\n");
    BOOST_TEST(test::descendants_of(::getpid()).empty());
}

BOOST_AUTO_TEST_CASE(a_signal_to_this_process_is_told_and_not_obeyed) {
    // It waits for what this process sends it when it hears of the signal.
    running_tool tool(
        {"sh", "-c",
         "exec 2>/dev/null; trap 'exit 7' USR1; kill -INT $PPID; while :; do sleep 0.1; done"});
    int told = 0;
    int const code = tool.wait([&](int number) {
        told = number;
        for (auto const process : test::descendants_of(::getpid())) {
            ::kill(process, SIGUSR1);
        }
    });
    BOOST_TEST(told == SIGINT);
    BOOST_TEST(code == 7);
}

BOOST_AUTO_TEST_SUITE_END()
