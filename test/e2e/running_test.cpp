// Suite running: cycles, signals and what is left afterwards.
#include "test/e2e/installation.hpp"

#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <unistd.h>

using namespace trafikito::test;
using namespace std::chrono_literals;

namespace {

struct running_fixture : pair {
    running_fixture() : pair(2) {
        commands("trafikito_one=\"echo 1\"\n");
        order({{"tok one 55 0"}});
    }

    /// A daemon in the middle of a command that writes its pid to var/pid, with time left to run.
    std::unique_ptr<program> daemon_busy_with(std::string const& line) {
        commands("trafikito_one=\"echo \\$\\$ > $BASEDIR/var/pid.new; mv $BASEDIR/var/pid.new "
                 "$BASEDIR/var/pid; " +
                 line + "\"\n");
        there.environment["TRAFIKITO_INTERVAL"] = "60s";
        auto daemon = there.daemon();
        BOOST_REQUIRE(
            eventually([&] { return std::filesystem::exists(there.base() / "var/pid"); }));
        return daemon;
    }
};

void end(program& daemon, int signal = SIGTERM) {
    daemon.signal(signal);
    BOOST_TEST(exited(daemon.wait(), 0));
}

/// A signal while a command runs: all of its processes must be gone when the agent is.
void check_end_of_busy(program& daemon, int signal) {
    auto const below = descendants_of(daemon.pid());
    BOOST_TEST(!below.empty());
    auto const begun = std::chrono::steady_clock::now();
    end(daemon, signal);
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 5s));
    BOOST_TEST(eventually([&] { return std::ranges::none_of(below, is_there); }));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(running, running_fixture)

BOOST_AUTO_TEST_CASE(a_cycle_begins_every_interval) {
    auto const daemon = there.daemon();
    auto const first = api.wait_for(v2_order, 1).at;
    auto const fourth = api.wait_for(v2_order, 4).at;
    BOOST_TEST((fourth - first >= 2900ms));
    BOOST_TEST((fourth - first < 8s));
    BOOST_TEST(report(3).report.starts_with(section("trafikito_one") + "1\n"));
    end(*daemon);
}

BOOST_AUTO_TEST_CASE(random_number_is_waited_before_the_first_cycle) {
    there.environment["TRAFIKITO_RANDOM_NUMBER"] = "2";
    auto const begun = std::chrono::steady_clock::now();
    auto const daemon = there.daemon();
    BOOST_TEST((api.wait_for(v2_order).at - begun >= 1900ms));
    end(*daemon);
}

BOOST_AUTO_TEST_CASE(a_restart_does_not_ask_within_the_interval) {
    there.environment["TRAFIKITO_INTERVAL"] = "3s";
    auto const before = there.daemon();
    auto const first = api.wait_for(v2_order, 1).at;
    end(*before);
    auto const after = there.daemon();
    BOOST_TEST((api.wait_for(v2_order, 2).at - first >= 2900ms));
}

BOOST_AUTO_TEST_CASE(sigterm_in_a_cycle_ends_it_and_its_commands) {
    check_end_of_busy(*daemon_busy_with("sleep 1000"), SIGTERM);
    BOOST_TEST(reports() == 0U);
}

BOOST_AUTO_TEST_CASE(sigint_in_a_cycle_does_the_same_to_a_whole_pipeline) {
    check_end_of_busy(*daemon_busy_with("sleep 1001 | cat & sleep 1002 | (trap '' HUP; cat)"),
                      SIGINT);
}

BOOST_AUTO_TEST_CASE(a_command_that_ignores_term_is_killed) {
    there.environment["TRAFIKITO_KILL_GRACE"] = "300ms";
    check_end_of_busy(*daemon_busy_with("trap '' TERM; sleep 1000; sleep 1000"), SIGTERM);
}

BOOST_AUTO_TEST_CASE(a_second_signal_ends_at_once) {
    there.environment["TRAFIKITO_KILL_GRACE"] = "60s";
    auto const daemon = daemon_busy_with("trap '' TERM; sleep 1000; sleep 1000");
    auto const below = descendants_of(daemon->pid());
    daemon->signal(SIGTERM);
    BOOST_REQUIRE(daemon->wrote("stopping"));
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 128 + SIGTERM));
    bool const gone = eventually([&] { return std::ranges::none_of(below, is_there); }, 10s);
    BOOST_TEST(gone);
    std::ranges::for_each(below, [&](pid_t one) { gone ? 0 : ::kill(one, SIGKILL); });
}

BOOST_AUTO_TEST_CASE(no_signal_that_can_be_refused_is_taken_from_a_command) {
    commands("trafikito_one=\"for s in TERM INT HUP QUIT USR1 USR2 ALRM PROF IO PWR TERM; do kill "
             "-\\$s \\$PPID; done; echo done\"\n");
    there.environment["TRAFIKITO_INTERVAL"] = "60s";
    auto const daemon = there.daemon();
    BOOST_TEST(report().report.starts_with(section("trafikito_one") + "done\n"));
    BOOST_TEST(daemon->wrote("SIGTERM ignored: trafikito_one sent it"));
    BOOST_TEST(daemon->wrote("SIGHUP ignored: trafikito_one sent it"));
    end(*daemon);
}

// A signal that is pending already swallows the administrator's.
BOOST_AUTO_TEST_CASE(a_command_that_sends_signals_without_end_keeps_nobody_from_ending_it) {
    commands("trafikito_one=\"trap '' TERM; while :; do kill -TERM \\$PPID; done\"\n");
    there.environment["TRAFIKITO_INTERVAL"] = "60s";
    auto const daemon = there.daemon();
    BOOST_TEST(daemon->wrote("trafikito_one killed: it sends SIGTERM again and again"));
    end(*daemon);
}

BOOST_AUTO_TEST_CASE(what_a_command_sends_from_below_without_its_tag_is_not_taken_either) {
    commands(
        "trafikito_one=\"prlimit --pid \\$\\$ --locks=unlimited; agent=\\$PPID; setsid -w sh -c "
        "'kill -TERM '\\$agent'; sleep 1'; echo done\"\n");
    there.environment["TRAFIKITO_INTERVAL"] = "60s";
    auto const daemon = there.daemon();
    BOOST_TEST(report().report.starts_with(section("trafikito_one") + "done\n"), report().report);
    end(*daemon);
}

// `cron & exec trafikito-agent`: its children's orphans are handed to the agent.
BOOST_AUTO_TEST_CASE(what_was_there_before_it_outlives_every_signal) {
    commands("trafikito_one=\"trap '' TERM; echo started >var/started; sleep 1001; sleep 1001\"\n");
    there.environment["TRAFIKITO_KILL_GRACE"] = "60s";
    auto const var = (there.base() / "var").string();
    program agent({"/bin/sh", "-c",
                   "(while :; do (setsid sleep 3 & echo $! >>" + var +
                       "/orphans); sleep 0.1; done) & echo $! >" + var +
                       "/helper; exec '" TRAFIKITO_AGENT "' --config '" + there.config().string() +
                       "'"},
                  there.all_environment());
    BOOST_REQUIRE(
        eventually([&] { return std::filesystem::exists(there.base() / "var/started"); }));
    auto const helper = static_cast<pid_t>(std::stol(read_file(there.base() / "var/helper")));
    agent.signal(SIGTERM);
    BOOST_REQUIRE(agent.wrote("stopping"));
    agent.signal(SIGTERM);
    BOOST_TEST(exited(agent.wait(), 128 + SIGTERM));
    BOOST_TEST(is_there(helper));
    auto const before = read_file(there.base() / "var/orphans").size();
    BOOST_TEST(eventually([&] { return read_file(there.base() / "var/orphans").size() > before; }));
    ::kill(helper, SIGKILL);
}

BOOST_AUTO_TEST_CASE(sigterm_between_cycles_ends_it) {
    there.environment["TRAFIKITO_INTERVAL"] = "60s";
    auto const daemon = there.daemon();
    BOOST_REQUIRE(daemon->wrote("report accepted"));
    end(*daemon);
}

BOOST_AUTO_TEST_CASE(sigterm_ends_it_while_the_api_says_nothing) {
    order({{"", 200, true}});
    there.environment["TRAFIKITO_INTERVAL"] = "60s";
    auto const daemon = there.daemon();
    (void)api.wait_for(v2_order);
    end(*daemon);
}

BOOST_AUTO_TEST_CASE(sigterm_ends_once_while_it_waits_for_its_turn) {
    there.environment["TRAFIKITO_INTERVAL"] = "60s";
    BOOST_TEST(exited(there.once(), 0));
    program again({TRAFIKITO_AGENT, "--config", there.config().string(), "--once"},
                  there.all_environment());
    BOOST_REQUIRE(again.wrote("waiting"));
    again.signal(SIGTERM);
    auto const ended = again.wait();
    BOOST_TEST(exited(ended, 1));
    BOOST_TEST(ended.err.find("internal error") == std::string::npos, ended.err);
}

BOOST_AUTO_TEST_CASE(an_api_that_is_away_is_asked_again) {
    order({{"", 503}, {"nothing", 200}, {"tok one 55 0"}});
    auto const daemon = there.daemon();
    BOOST_TEST(report().report.starts_with(section("trafikito_one")));
    BOOST_TEST(orders() == 3U);
    end(*daemon);
}

BOOST_AUTO_TEST_CASE(what_a_command_leaves_behind_does_not_outlive_it) {
    commands("trafikito_one=\"sleep 1000 & echo \\$! > $BASEDIR/var/left; echo done\"\n");
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(report().report.starts_with(section("trafikito_one") + "done\n"));
    auto const left = static_cast<pid_t>(std::stol(read_file(there.base() / "var/left")));
    BOOST_TEST(eventually([&] { return !is_there(left); }, 10s));
}

BOOST_AUTO_TEST_CASE(as_root_it_becomes_the_user_of_runas,
                     *boost::unit_test::precondition([](auto) { return ::geteuid() == 0; })) {
    there.environment["TRAFIKITO_RUNAS"] = "nobody";
    std::filesystem::permissions(there.base(), std::filesystem::perms(0755));
    std::filesystem::permissions(there.base() / "var", std::filesystem::perms::all);
    commands("trafikito_one=\"id -un; grep -c '^Groups:.*[1-9]' /proc/self/status; echo $HOME "
             "$USER\"\n");
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(report().report.starts_with(section("trafikito_one") + "nobody\n"), report().report);
}

BOOST_AUTO_TEST_SUITE_END()
