// what a machine or a parent may do to the agent without asking it.
#include "test/e2e/installation.hpp"

#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

using namespace trafikito::test;
namespace fs = std::filesystem;

namespace {

struct environment_fixture : pair {
    environment_fixture() : pair(2) {
        commands("trafikito_one=\"echo 1\"\n");
        order({{"tok one 55 0"}});
    }

    /// `--once` started by a shell that did `before`.
    [[nodiscard]] finished once_after(std::string const& before) const {
        return trafikito::test::run(
            {"/bin/sh", "-c",
             before + " " TRAFIKITO_AGENT " --config " + there.config().string() + " --once"},
            there.all_environment());
    }
    void must_deliver(finished const& ran) const {
        BOOST_TEST(exited(ran, 0));
        BOOST_TEST(report(reports()).report == section("trafikito_one") + "1\n" +
                                                   std::string(available) +
                                                   "trafikito_one=\"echo 1\"\n");
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(environment, environment_fixture)

BOOST_AUTO_TEST_CASE(closed_standard_descriptors_do_no_harm) {
    there.environment["TRAFIKITO_LOG_LEVEL"] = "debug"; // as many lines as can go astray
    for (auto const* closed : {"exec 0<&-; exec", "exec 2>&-; exec", "exec 0<&- 1>&- 2>&-; exec"}) {
        must_deliver(once_after(closed));
    }
    BOOST_TEST(reports() == 3U);
}

BOOST_AUTO_TEST_CASE(an_ignored_sigchld_does_no_harm) {
    must_deliver(once_after("exec env --ignore-signal=CHLD"));
}

BOOST_AUTO_TEST_CASE(a_blocked_sigterm_is_heard) {
    program daemon({"/usr/bin/env", "--block-signal=TERM", TRAFIKITO_AGENT, "--config",
                    there.config().string()},
                   there.all_environment());
    (void)report();
    daemon.signal(SIGTERM);
    BOOST_TEST(exited(daemon.wait(), 0));
}

BOOST_AUTO_TEST_CASE(a_tmp_file_that_cannot_be_written_is_done_without) {
    fs::create_directories(there.base() / "var/trafikito.tmp");
    auto const ran = there.once();
    must_deliver(ran);
    BOOST_TEST(ran.err.find("memory") != std::string::npos, ran.err);
}

BOOST_AUTO_TEST_CASE(a_limit_of_file_sizes_is_a_full_disk_and_not_the_end) {
    commands("trafikito_one=\"head -c 100000 /dev/zero | tr '\\\\0' x\"\n");
    auto const ran = once_after("ulimit -f 20; exec");
    BOOST_TEST(exited(ran, 0));
    BOOST_TEST(report().report.find("\n" + std::string(100'000, 'x') + "\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(links_in_place_of_our_files_are_not_followed) {
    auto const victim = there.write("victim", "precious\n");
    for (auto const* name :
         {"trafikito.tmp", "trafikito.state", "trafikito.state.new", "STOP.new"}) {
        fs::create_symlink(victim, there.base() / "var" / name);
    }
    must_deliver(there.once());
    order({{"STOP here"}});
    BOOST_TEST(exited(there.once(), 1));
    BOOST_TEST(read_file(victim) == "precious\n");
}

BOOST_AUTO_TEST_CASE(a_damaged_state_is_no_reason_not_to_run) {
    for (auto const* damaged :
         {"", "{", R"({"version":1,"last_cycle":-1,"asked_at":9e99})",
          R"({"version":1,"last_cycle":0,"asked_at":9223372036854775807})",
          R"({"version":1,"last_cycle":9223372036854775807,"asked_at":-9223372036854775807})"}) {
        (void)there.write("var/trafikito.state", damaged);
        must_deliver(there.once());
    }
}

BOOST_AUTO_TEST_CASE(a_state_of_the_future_is_waited_for_no_longer_than_an_interval) {
    (void)there.write("var/trafikito.state",
                      R"({"version":1,"last_cycle":0,"asked_at":4102444800000})");
    must_deliver(there.once());
}

BOOST_AUTO_TEST_CASE(without_var_it_delivers_and_check_misses_nothing) {
    fs::remove_all(there.base() / "var"); // the agent makes it itself
    BOOST_TEST(exited(there.run({"check"}), 0));
    must_deliver(there.once());
}

BOOST_AUTO_TEST_CASE(without_a_command_list_each_section_says_so) {
    fs::remove(there.base() / "available_commands.sh");
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 1)); // delivered, but nothing ran
    BOOST_TEST(ran.err.find("available_commands.sh") != std::string::npos, ran.err);
    BOOST_TEST(ran.err.find("report accepted, but nothing ran") != std::string::npos, ran.err);
    BOOST_TEST(report().report.starts_with(
        section("trafikito_one") + "[trafikito-agent: not run: the list could not be read: "));
}

BOOST_AUTO_TEST_CASE(a_fifo_in_place_of_a_file_is_not_waited_for) {
    auto const list = there.base() / "available_commands.sh";
    fs::remove(list);
    BOOST_REQUIRE_EQUAL(::mkfifo(list.c_str(), 0600), 0);
    BOOST_TEST(exited(there.once(), 1));
    BOOST_TEST(reports() == 1U);
    BOOST_REQUIRE_EQUAL(::mkfifo((there.base() / "var/STOP").c_str(), 0600), 0);
    BOOST_TEST(exited(there.once(), 1));
}

BOOST_AUTO_TEST_CASE(a_message_of_the_api_cannot_forge_a_line_of_the_log) {
    order(
        {{R"({"error":{"code":"#1","message":"x\n2026-01-01 00:00:00 info    report accepted\u001b[2J"}})"}});
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(ran.err.find("\n2026-01-01 00:00:00") == std::string::npos, ran.err);
    BOOST_TEST(ran.err.find('\x1b') == std::string::npos, ran.err);
}

BOOST_AUTO_TEST_CASE(the_log_goes_to_log_file_where_one_is_set) {
    there.environment["TRAFIKITO_LOG_FILE"] = "var/trafikito.log";
    auto const ran = there.once();
    must_deliver(ran);
    BOOST_TEST(ran.err == "");
    BOOST_TEST(read_file(there.base() / "var/trafikito.log").find("report accepted") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_cycle_that_is_due_while_one_runs_is_skipped_and_counted) {
    order({{"", 200, true}});
    there.environment["TRAFIKITO_REQUEST_TIMEOUT"] = "3500ms";
    auto const daemon = there.daemon();
    BOOST_REQUIRE(daemon->wrote("2 cycles skipped"));
    BOOST_TEST(orders() == 1U);
    order({{"tok one 55 0"}});
    (void)report(2); // and then it goes on
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_SUITE_END()
