#include "exec/run_all.hpp"

#include "test/exec/shell_fixture.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace trafikito;
using namespace std::chrono_literals;
using test::text_of;
using ending = exec::result::ending;

namespace {

std::vector<exec::command> many(std::size_t count, std::string const& text) {
    std::vector<exec::command> commands;
    for (std::size_t i = 0; i < count; ++i) {
        commands.push_back(test::shell_fixture::line(text, "trafikito_" + std::to_string(i)));
    }
    return commands;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(run_all, test::shell_fixture)

BOOST_AUTO_TEST_CASE(nothing_asked_ends_at_once) {
    BOOST_TEST(run(std::vector<exec::command>{}).empty());
}

BOOST_AUTO_TEST_CASE(each_result_belongs_to_its_command) {
    std::vector<exec::command> commands;
    for (int i = 0; i < 20; ++i) {
        commands.push_back(
            line("sleep 0.0" + std::to_string(9 - i % 10) + "; echo " + std::to_string(i),
                 "trafikito_" + std::to_string(i)));
    }
    auto const results = run(commands);
    for (std::size_t i = 0; i < results.size(); ++i) {
        BOOST_TEST(results[i].name == "trafikito_" + std::to_string(i));
        BOOST_TEST(text_of(results[i]) == std::to_string(i) + "\n");
    }
}

// Each command adds itself to a directory, counts who is there, and leaves.
BOOST_AUTO_TEST_CASE(at_most_max_parallel_run_at_once_and_as_many_do) {
    test::temporary_directory const here;
    around = exec::clean_environment(here.path(), "/", "nobody");
    limits.max_parallel = 4;
    auto const results =
        run(many(16, R"(: > in.\$\$; sleep 0.15; set -- in.*; echo \$#; rm in.\$\$)"));
    int most = 0;
    for (auto const& value : results) {
        most = std::max(most, std::stoi(text_of(value)));
    }
    BOOST_TEST(most == 4);
}

BOOST_AUTO_TEST_CASE(a_thousand_commands_in_one_order) {
    limits.max_parallel = 50;
    limits.cycle_timeout = 100s;
    for (auto const& value : run(many(1000, "echo hello"))) {
        BOOST_TEST(text_of(value) == "hello\n");
    }
}

BOOST_AUTO_TEST_CASE(cycle_timeout_stops_what_runs_and_starts_nothing_more) {
    limits.max_parallel = 2;
    limits.cycle_timeout = 300ms;
    auto const results = run(many(4, "echo started; sleep 1000"));
    for (std::size_t i : {0U, 1U}) {
        BOOST_TEST(results[i].stopped);
        BOOST_TEST(text_of(results[i]) == "started\n");
    }
    for (std::size_t i : {2U, 3U}) {
        BOOST_TEST((results[i].end == ending::not_started));
        BOOST_TEST(results[i].reason == "cycle_timeout was over before its turn came");
    }
}

BOOST_AUTO_TEST_CASE(a_cancellation_stops_what_runs_and_every_command_has_its_result) {
    test::temporary_directory const here;
    auto const sign = here.path() / "started";
    limits.max_parallel = 1;
    auto const results =
        run_until(sign, {line("echo begun; : > " + sign.string() + "; sleep 1000", "trafikito_a"),
                         line("echo never", "trafikito_b")});
    BOOST_TEST(results[0].stopped);
    BOOST_TEST(results[0].code == SIGTERM);
    BOOST_TEST(text_of(results[0]) == "begun\n");
    BOOST_TEST(results[1].reason == "the agent was asked to stop");
}

BOOST_AUTO_TEST_CASE(a_cancellation_does_not_wait_for_what_ignores_term) {
    test::temporary_directory const here;
    auto const sign = here.path() / "started";
    auto const results = run_until(
        sign, {line("trap '' TERM; : > " + sign.string() + "; while :; do sleep 9; done")});
    BOOST_TEST(results[0].stopped);
    BOOST_TEST(results[0].code == SIGKILL);
}

BOOST_AUTO_TEST_SUITE_END()
