#include "agent/persistence/status.hpp"

#include "agent/cli/status.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <sstream>
#include <string>

using namespace trafikito;
using base::timestamp;
using std::chrono::milliseconds;
using std::chrono::minutes;

namespace {

/// A daemon that is this very process.
agent::persistence::daemon_status running() {
    agent::persistence::daemon_status value;
    value.pid = ::getpid();
    value.start_ticks = agent::persistence::start_ticks_of(value.pid).value_or(0);
    value.version = "0.1.0";
    value.server_id = "server-1";
    value.interval = minutes(1);
    value.started = base::timestamp::now();
    value.configured = value.interval;
    return value;
}

base::timestamp before_now(milliseconds age) {
    auto when = base::timestamp::now();
    when.wall -= age;
    when.up -= age;
    return when;
}

struct status_fixture {
    test::temporary_directory here;
    std::ostringstream out;

    void keep(agent::persistence::daemon_status const& value) const {
        (void)here.write("trafikito.status", agent::persistence::format_status(value));
    }
    int status(bool as_json = false) { return agent::cli::print_status(here.path(), as_json, out); }
    [[nodiscard]] bool says(std::string const& part) const {
        return out.str().find(part) != std::string::npos;
    }
    int health() { return agent::cli::print_health(here.path(), out); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(status, status_fixture)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
    auto value = running();
    value.cycle_began = before_now(milliseconds(5));
    value.cycle_ended = before_now(minutes(1));
    value.nothing_ran = "the list could not be read";
    value.accepted = value.cycle_ended;
    value.cycles = 7;
    value.reports_accepted = 6;
    value.configured = milliseconds(30'000);
    value.next_cycle = before_now(milliseconds(-5000));
    value.ended = before_now(milliseconds(1));
    value.ended_by = "SIGTERM";
    value.last_end = "failed";
    value.last_cycle = "no order: \"\x01 … \\";
    value.last_took = milliseconds(16);
    value.last_once = true;
    value.answer = {
        .kind = "refused", .words = "HTTP 500", .http_status = 500, .at = value.started};
    value.skipped = 3;
    value.in_vain = 2;
    value.in_vain_since = value.cycle_ended;
    value.offered_version = "60";
    value.commands = {{.name = "trafikito_df",
                       .end = "signalled",
                       .code = 9,
                       .last = milliseconds(7),
                       .usual = milliseconds(8),
                       .ran_up = milliseconds(9),
                       .runs = 5,
                       .failed = 4,
                       .timed_out = 3,
                       .cut = 2,
                       .not_run = 1}};
    value.commands.emplace_back().name = "trafikito_none";
    value.problems = {{"the disk is full", value.started, 12}, {"a \"b\"", value.started, 1}};
    value.results = R"([{"command":"trafikito_df","exitCode":0}])";
    auto const read = agent::persistence::parse_status(agent::persistence::format_status(value));
    BOOST_REQUIRE(read);
    BOOST_TEST((*read == value));
}

// doc/design.md: an order of names that the list does not offer is healthy, and still said.
BOOST_AUTO_TEST_CASE(an_order_of_unknown_commands_is_healthy_and_said) {
    auto value = running();
    value.cycle_ended = value.accepted = before_now(milliseconds(5));
    value.cycles = 1;
    value.results = R"([{"command":"trafikito_x","notRun":"it is not in the list"}])";
    keep(value);
    BOOST_TEST(health() == 0);
    BOOST_TEST(says("healthy, but none of the commands that the API asks for was run: "
                    "trafikito_x"),
               out.str());
    out.str("");
    value.results = R"([{"command":"a","exitCode":0},{"command":"b","notRun":"x"}])";
    keep(value);
    BOOST_TEST(health() == 0);
    BOOST_TEST(out.str() == "healthy\n");
}

BOOST_AUTO_TEST_CASE(what_is_no_status_is_none) {
    for (auto const* text : {"", "{", "{}", "[]", R"({"version":3})", R"({"version":2})",
                             R"({"version":1,"pid":"x"})"}) {
        BOOST_TEST(!agent::persistence::parse_status(text));
    }
}

// What cannot be written again as it stood was not written by an agent.
BOOST_AUTO_TEST_CASE(results_with_a_number_that_is_not_whole_are_none) {
    using agent::persistence::format_status;
    using agent::persistence::parse_status;
    auto status = running();
    for (auto const* const number : {"1e400", "0.1", "123456789012345678901234567890"}) {
        status.results = std::string(R"([{"command":"df","exit":)") + number + "}]";
        BOOST_TEST(!parse_status(format_status(status)).has_value(), number);
    }
    status.results = R"([{"command":"df","exit":18446744073709551615}])";
    BOOST_TEST((parse_status(format_status(status)) == status));
}

// One that was not started anew when the package was upgraded.
BOOST_AUTO_TEST_CASE(the_agent_before_this_one_is_understood) {
    auto const read = agent::persistence::parse_status(
        R"({"version":2,"pid":5,"startTicks":6,"agentVersion":"0.1.0","serverId":"s",)"
        R"("intervalMs":60000,"started":{"wall":1,"up":1,"boot":"b"},"cycleBegan":null,)"
        R"("cycleEnded":null,"lastCycle":"trafikito-agent 0.1.0 watches","reportAccepted":null,)"
        R"("cycles":1,"reportsAccepted":1,"reportsWaiting":0,"bytesWaiting":0,)"
        R"("waitingSince":null,"nothingRan":"","problems":["x"],"results":[]})");
    BOOST_REQUIRE(read);
    BOOST_TEST(read->last_cycle.empty()); // it was no cycle
    BOOST_TEST(read->problems.at(0).message == "x");
    BOOST_TEST((read->configured == minutes(1)));
}

BOOST_AUTO_TEST_CASE(an_age_does_not_follow_the_wall_clock_within_one_boot) {
    base::timestamp const then{milliseconds(1'000'000), milliseconds(500), "boot"};
    BOOST_TEST(then.age({milliseconds(0), milliseconds(800), "boot"}).count() == 300);
    BOOST_TEST(then.age({milliseconds(1'004'000), milliseconds(1), "other"}).count() == 4000);
    BOOST_TEST(then.age({milliseconds(0), milliseconds(1), "other"}).count() == 0);
}

BOOST_AUTO_TEST_CASE(no_file_means_not_running) {
    BOOST_TEST(status() == 3);
    BOOST_TEST(out.str().starts_with("not running: no agent has run"));
}

BOOST_AUTO_TEST_CASE(a_process_that_is_gone_did_not_say_why) {
    auto value = running();
    value.start_ticks += 1; // the number went to another process meanwhile
    keep(value);
    BOOST_TEST(status() == 3);
    BOOST_TEST(says("not running: the agent is gone and did not say why"));
    BOOST_TEST(says("no cycle has ended"));
}

BOOST_AUTO_TEST_CASE(a_process_that_was_stopped_says_by_what) {
    auto value = running();
    value.ended = before_now(minutes(3));
    value.ended_by = "SIGTERM";
    value.cycle_ended = before_now(minutes(4));
    value.last_cycle = "report accepted: 1 command";
    value.last_took = milliseconds(16);
    keep(value);
    BOOST_TEST(status() == 3);
    BOOST_TEST(out.str() == "not running: the agent was stopped 3 min ago, by SIGTERM; the last "
                            "cycle: 4 min ago, took 16 ms: report accepted: 1 command\n");
}

BOOST_AUTO_TEST_CASE(a_cycle_of_once_is_no_daemon) {
    auto value = running();
    value.once = true;
    keep(value);
    BOOST_TEST(status() == 3);
    BOOST_TEST(says(" does one cycle alone (--once); no cycle has ended\n"));
    value.last_once = true;
    value.cycle_ended = value.ended = before_now(minutes(3));
    value.last_cycle = "report accepted: 1 command";
    keep(value);
    BOOST_TEST(status() == 3);
    BOOST_TEST(says("not running: there is no daemon; the last cycle: 3 min ago, one of --once: "
                    "report accepted: 1 command\n"));
    BOOST_TEST(health() == 1);
}

BOOST_AUTO_TEST_CASE(a_process_that_has_ended_and_that_nobody_asked_after_does_not_run) {
    auto const child = ::fork();
    if (child == 0) {
        ::_exit(0);
    }
    siginfo_t how{};
    BOOST_REQUIRE_EQUAL(::waitid(P_PID, static_cast<id_t>(child), &how, WEXITED | WNOWAIT), 0);
    auto value = running();
    value.pid = child;
    value.start_ticks = agent::persistence::start_ticks_of(child).value_or(0);
    BOOST_TEST(!agent::persistence::is_running(value));
    ::waitpid(child, nullptr, 0);
}

BOOST_AUTO_TEST_CASE(a_running_daemon_is_described) {
    auto value = running();
    value.cycle_ended = before_now(milliseconds(12'000));
    value.accepted = value.cycle_ended;
    value.last_cycle = "report accepted: 1 command";
    value.answer = {.kind = "order",
                    .words = "an order of 2 commands",
                    .http_status = 0,
                    .at = before_now(milliseconds(13'000))};
    value.next_cycle = before_now(milliseconds(-47'500));
    value.configured = milliseconds(30'000);
    value.skipped = 2;
    value.offered_version = "60";
    value.problems = {{"refused to install 2 widgets", before_now(minutes(5)), 7}};
    value.commands = {{.name = "trafikito_df",
                       .end = "exited",
                       .code = 1,
                       .last = milliseconds(1500),
                       .usual = milliseconds(16),
                       .ran_up = before_now(milliseconds(12'000)).up,
                       .runs = 10,
                       .failed = 1,
                       .timed_out = 0,
                       .cut = 0,
                       .not_run = 2}};
    value.results = R"([{"command":"trafikito_df","exitCode":1,"leftoversKilled":1},)"
                    R"({"command":"trafikito_x","notRun":"no such command"}])";
    keep(value);
    BOOST_TEST(status() == 0);
    auto const text = out.str();
    for (auto const* part :
         {"server-1", "last cycle:  12 s ago: report accepted: 1 command\n",
          "next cycle:  in 48 s\n", "API:         13 s ago: an order of 2 commands\n",
          "since start: 0 cycles every 60 s (the least that the API takes; configured is interval "
          "= 30 s), 0 reports accepted, 2 cycles skipped\n",
          "version:     the API offers agent version 60",
          "problem:     refused to install 2 widgets (since 5 min, found 7 times)\n",
          "  command       last             when   took  usually  runs  failed  timed out  cut  "
          "not run\n",
          "\n  trafikito_df  exit code 1  12 s ago  1.5 s    16 ms    10       1          -    -   "
          "     2\n",
          "  trafikito_df: 1 left behind and killed\n",
          "  trafikito_x: not run: no such command\n"}) {
        BOOST_TEST(text.find(part) != std::string::npos, part << " in " << text);
    }
}

BOOST_AUTO_TEST_CASE(as_json_it_says_whether_it_runs) {
    keep(running());
    BOOST_TEST(status(true) == 0);
    auto const object = boost::json::parse(out.str()).as_object();
    BOOST_TEST(object.at("running").as_bool());
    BOOST_TEST(object.at("serverId").as_string() == "server-1");
}

BOOST_AUTO_TEST_CASE(a_cycle_that_does_not_come_is_overdue) {
    auto value = running();
    value.next_cycle = before_now(minutes(2));
    keep(value);
    BOOST_TEST(status() == 0);
    BOOST_TEST(says("next cycle:  overdue by 2 min\n"));
    value.next_cycle.reset();
    value.cycle_began = before_now(milliseconds(3200));
    keep(value);
    BOOST_TEST(status() == 0);
    BOOST_TEST(says("cycle now:   runs for 3 s\n"));
}

BOOST_AUTO_TEST_CASE(a_first_cycle_is_due_or_overdue) {
    auto value = running();
    value.next_cycle = before_now(minutes(2));
    keep(value);
    BOOST_TEST(health() == 1);
    BOOST_TEST(says("and its first cycle is overdue by 2 min\n"), out.str());
    out.str({});
    value.next_cycle = before_now(-minutes(2));
    keep(value);
    BOOST_TEST(health() == 1);
    BOOST_TEST(says("and its first cycle is due in 2 min\n"), out.str());
}

BOOST_AUTO_TEST_CASE(what_an_api_or_a_list_names_does_not_spoil_the_table) {
    auto value = running();
    for (int number = 0; number < 4096; ++number) {
        auto name = std::to_string(number);
        name = "trafikito_" + std::string(190 - name.size(), 'x') + name;
        auto& one = value.commands.emplace_back();
        one.name = name;
        one.end = "exited";
        one.runs = 1;
    }
    keep(value);
    BOOST_TEST(status() == 0);
    BOOST_TEST(std::filesystem::file_size(here.path() / "trafikito.status") < 2'000'000U);
    BOOST_TEST(says("trafikito_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..."));
}

BOOST_AUTO_TEST_CASE(healthy_is_a_report_accepted_within_three_intervals) {
    auto value = running();
    value.cycle_ended = value.accepted = before_now(minutes(2));
    keep(value);
    BOOST_TEST(health() == 0);
    BOOST_TEST(out.str() == "healthy\n");
}

BOOST_AUTO_TEST_CASE(a_report_that_was_accepted_is_no_health_when_nothing_ran) {
    auto value = running();
    value.cycle_ended = value.accepted = before_now(milliseconds(1));
    value.nothing_ran = "2 of 2 commands were not run: the list could not be read";
    keep(value);
    BOOST_TEST(health() == 1);
    BOOST_TEST(out.str() == "unhealthy: nothing ran: 2 of 2 commands were not run: the list could "
                            "not be read\n");
}

BOOST_AUTO_TEST_CASE(unhealthy_is_said_with_a_reason) {
    auto value = running();
    keep(value);
    value.next_cycle = before_now(milliseconds(-39'500));
    keep(value);
    BOOST_TEST(health() == 1);
    value.cycles = 1;
    value.cycle_ended = before_now(milliseconds(1));
    value.accepted = before_now(minutes(4));
    value.last_cycle = "no order: connect refused";
    keep(value);
    BOOST_TEST(health() == 1);
    (void)here.write("STOP", "server removed");
    BOOST_TEST(health() == 1);
    auto const text = out.str();
    for (auto const* part :
         {"unhealthy: no report was accepted yet; the agent started ",
          "ago, and its first cycle is due in 40 s",
          "unhealthy: no report was accepted within 3 intervals (last: 4 min ago); no order: "
          "connect refused",
          "unhealthy: stopped by the API: server removed"}) {
        BOOST_TEST(text.find(part) != std::string::npos, part << " in " << text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
