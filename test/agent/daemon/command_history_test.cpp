#include "agent/daemon/command_history.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace trafikito;
using namespace std::chrono_literals;
using agent::cycle::command_outcome;
using ending = command_outcome::ending;

namespace {

struct history_fixture {
    std::vector<agent::persistence::command_record> records;
    agent::daemon::command_history history{records};

    void note(std::vector<command_outcome> all) { history.note(all, 7s); }
    static command_outcome outcome(std::string name, ending end,
                                   std::chrono::milliseconds took = 0ms, int code = 0) {
        command_outcome one;
        one.name = std::move(name);
        one.end = end;
        one.took = took;
        one.code = code;
        return one;
    }
    void ran(std::string name, std::chrono::milliseconds took, int code = 0) {
        note({outcome(std::move(name), ending::exited, took, code)});
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(command_history, history_fixture)

BOOST_AUTO_TEST_CASE(runs_are_counted_by_how_they_ended) {
    ran("trafikito_a", 10ms);
    ran("trafikito_a", 20ms, 3);
    auto stopped = outcome("trafikito_a", ending::signalled, 1s, 9);
    stopped.timed_out = true;
    note({stopped, outcome("trafikito_b", ending::not_run)});
    note({outcome("trafikito_a", ending::repeated)});
    BOOST_REQUIRE_EQUAL(records.size(), 2U);
    auto const& a = records[0];
    BOOST_TEST(a.runs == 3U);
    BOOST_TEST(a.failed == 2U);
    BOOST_TEST(a.timed_out == 1U);
    BOOST_TEST(a.end == "signalled");
    BOOST_TEST(a.code == 9);
    BOOST_TEST((a.last == 1s));
    BOOST_TEST((a.usual == 20ms));
    BOOST_TEST((a.ran_up == 7s));
    BOOST_TEST(records[1].not_run == 1U);
    BOOST_TEST(records[1].end == "not run");
}

BOOST_AUTO_TEST_CASE(usual_is_the_median_of_the_last_runs_alone) {
    for (int run = 0; run < 100; ++run) {
        ran("trafikito_a", 1h);
    }
    for (int run = 1; run <= 15; ++run) {
        ran("trafikito_a", run * 10ms);
    }
    BOOST_TEST((records[0].usual == 80ms));
}

BOOST_AUTO_TEST_CASE(names_that_are_refused_are_none_of_a_command_unless_it_ran_before) {
    note({outcome("trafikito_x", ending::refused)});
    BOOST_TEST(records.empty());
    ran("trafikito_x", 1ms);
    note({outcome("trafikito_x", ending::refused)});
    BOOST_TEST(records.at(0).not_run == 1U);
}

BOOST_AUTO_TEST_CASE(there_is_room_for_so_many_and_those_of_long_ago_go_first) {
    using agent::daemon::most_commands;
    std::vector<command_outcome> many;
    for (std::size_t number = 0; number < most_commands + 10; ++number) {
        many.push_back(outcome("trafikito_" + std::to_string(number), ending::exited));
    }
    note(many);
    BOOST_TEST(records.size() == most_commands);
    ran("trafikito_new", 1ms);
    BOOST_TEST(records.size() == most_commands);
    BOOST_TEST(std::ranges::is_sorted(records, {}, &agent::persistence::command_record::name));
    BOOST_TEST(std::ranges::count(records, "trafikito_new",
                                  &agent::persistence::command_record::name) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
