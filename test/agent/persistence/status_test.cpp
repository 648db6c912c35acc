#include "agent/persistence/status.hpp"

#include "agent/cli/status.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
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
    value.last_cycle = "first cycle in 3 s";
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
    value.problems = {"the disk is full"};
    value.results = R"([{"command":"trafikito_df","exitCode":0}])";
    auto const read = agent::persistence::parse_status(agent::persistence::format_status(value));
    BOOST_REQUIRE(read);
    BOOST_TEST((*read == value));
}

BOOST_AUTO_TEST_CASE(what_is_no_status_is_none) {
    for (auto const* text :
         {"", "{", "{}", "[]", R"({"version":2})", R"({"version":1,"pid":"x"})"}) {
        BOOST_TEST(!agent::persistence::parse_status(text));
    }
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

BOOST_AUTO_TEST_CASE(a_process_that_is_gone_means_not_running) {
    auto value = running();
    value.start_ticks += 1; // the number went to another process meanwhile
    keep(value);
    BOOST_TEST(status() == 3);
    BOOST_TEST(out.str().find("the agent is gone") != std::string::npos);
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
    value.problems = {"refused to install 2 widgets"};
    value.results = R"([{"command":"trafikito_df","exitCode":1,"durationMs":1500,"bytesSeen":10}])";
    keep(value);
    BOOST_TEST(status() == 0);
    auto const text = out.str();
    for (auto const* part :
         {"server-1", "12 s ago: report accepted: 1 command", "refused to install 2 widgets",
          "trafikito_df: exit code 1 after 1.5 s, 10 bytes"}) {
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
    BOOST_TEST(health() == 1);
    value.cycle_ended = before_now(milliseconds(1));
    value.accepted = before_now(minutes(4));
    value.last_cycle = "no order: connect refused";
    keep(value);
    BOOST_TEST(health() == 1);
    (void)here.write("STOP", "server removed");
    BOOST_TEST(health() == 1);
    auto const text = out.str();
    for (auto const* part :
         {"unhealthy: no cycle has ended yet",
          "unhealthy: no report was accepted within 3 intervals (last: 240 s ago); no order: "
          "connect refused",
          "unhealthy: stopped by the API: server removed"}) {
        BOOST_TEST(text.find(part) != std::string::npos, part << " in " << text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
