// Suite survival: kill -9, outages, second agents and full disks, with the programs themselves.
#include "test/e2e/installation.hpp"

#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <memory>
#include <unistd.h>

using namespace trafikito::test;

namespace {

struct survival_fixture : pair {
    survival_fixture() : pair(2) {
        commands("trafikito_n=\"echo x >> var/runs; wc -l < var/runs\"\n");
        order({{"tok n 55 0"}});
    }

    /// What the command of the `number`th report printed.
    [[nodiscard]] std::string run_in_report(std::size_t number) const {
        auto const text = report(number).report;
        auto const begin = text.find('\n') + 1;
        return text.substr(begin, text.find('\n', begin) - begin);
    }

    void kill(program& daemon) {
        daemon.signal(SIGKILL);
        BOOST_TEST(exited(daemon.wait(), 128 + SIGKILL));
    }

    /// One cycle behind that preparation of var/, `$VAR`, in a mount namespace of its own.
    finished once_behind(std::string const& preparation) {
        commands("trafikito_n=\"echo 1\"\n");
        auto environment = there.all_environment();
        environment.push_back("VAR=" + (there.base() / "var").string());
        auto const script = preparation + " && exec '" TRAFIKITO_AGENT "' --config '" +
                            there.config().string() + "' --once";
        return run({"/usr/bin/unshare", "-m", "/bin/sh", "-c", script}, environment);
    }

    static void check_that_it_says_what_is_lost(std::string const& log, std::string const& why) {
        for (auto const& text : {std::string("the disk does not keep reports"), why,
                                 std::string("after a restart the API may be asked too early"),
                                 std::string("audit.log cannot be written")}) {
            BOOST_TEST(log.find(text) != std::string::npos, text << " is not in " << log);
        }
    }

    [[nodiscard]] std::size_t waiting() const {
        auto const spool = there.base() / "var/spool";
        auto const sealed = there.sealed_report().empty() ? 0U : 1U;
        if (!std::filesystem::exists(spool)) {
            return sealed;
        }
        auto const moved = std::distance(std::filesystem::directory_iterator(spool),
                                         std::filesystem::directory_iterator());
        return static_cast<std::size_t>(moved) + sealed;
    }
};

bool is_root(boost::unit_test::test_unit_id /*of*/) {
    return ::geteuid() == 0;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(survival, survival_fixture)

BOOST_AUTO_TEST_CASE(a_report_whose_agent_was_killed_is_sent_after_the_restart) {
    api.answers(v2_output, {{"", 200, true}, {"OK"}});
    auto const killed = there.daemon();
    BOOST_TEST(run_in_report(1) == "1");
    kill(*killed);
    BOOST_TEST(waiting() == 1U);
    auto const daemon = there.daemon();
    BOOST_TEST(run_in_report(2) == "2");
    BOOST_TEST(run_in_report(3) == "1");
    BOOST_TEST(eventually([&] { return waiting() == 0; }));
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_CASE(an_outage_is_made_up_for_and_nothing_comes_twice) {
    api.answers(v2_order, {{"tok n 55 0"}, {"down", 503}, {"down", 503}, {"down", 503}, {"="}});
    there.environment["TRAFIKITO_RETRIES"] = "0";
    auto const daemon = there.daemon();
    for (auto const* number : {"1", "5", "2", "3", "4"}) {
        static std::size_t at = 0;
        BOOST_TEST(run_in_report(++at) == number);
    }
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_CASE(what_a_stopped_cycle_gathered_is_sent_by_the_next_agent) {
    commands("trafikito_n=\"echo begun; touch var/begun; sleep 1000\"\n");
    auto const stopped = there.daemon();
    BOOST_REQUIRE(eventually([&] { return std::filesystem::exists(there.base() / "var/begun"); }));
    stopped->signal(SIGTERM);
    BOOST_TEST(exited(stopped->wait(), 0));
    BOOST_TEST(reports() == 0U);
    BOOST_TEST(waiting() == 1U);
    commands("trafikito_n=\"echo next\"\n");
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(run_in_report(1) == "next");
    BOOST_TEST(run_in_report(2) == "begun");
}

BOOST_AUTO_TEST_CASE(a_restart_loop_asks_no_more_than_a_quiet_agent) {
    there.environment["TRAFIKITO_INTERVAL"] = "1h";
    for (int start = 0; start < 6; ++start) {
        auto const daemon = there.daemon();
        if (start == 0) {
            (void)report(1);
        } else {
            BOOST_REQUIRE(daemon->wrote("first cycle in"));
        }
        kill(*daemon);
    }
    BOOST_TEST(orders() == 1U);
}

BOOST_AUTO_TEST_CASE(a_second_agent_on_the_same_installation_is_refused_and_told_who_was_first) {
    auto const daemon = there.daemon();
    (void)report(1);
    auto const second = there.once();
    BOOST_TEST(exited(second, 75)); // no wrong configuration: it passes
    BOOST_TEST(second.err.find("another agent (process " + std::to_string(daemon->pid()) +
                               ") works with ") != std::string::npos,
               second.err);
    kill(*daemon);
    BOOST_TEST(exited(there.once(), 0));
}

BOOST_AUTO_TEST_CASE(a_second_installation_of_the_same_server_is_refused) {
    auto const daemon = there.daemon();
    (void)report(1);
    installation elsewhere(api.who());
    elsewhere.environment = there.environment;
    elsewhere.write_config(writing::exported);
    auto const second = elsewhere.once();
    BOOST_TEST(exited(second, 75));
    BOOST_TEST(second.err.find("(process " + std::to_string(daemon->pid()) +
                               ") of this machine already is server " + api.who().server_id) !=
                   std::string::npos,
               second.err);
}

BOOST_AUTO_TEST_CASE(a_damaged_state_is_set_aside_and_named) {
    there.environment["TRAFIKITO_INTERVAL"] = "1s";
    (void)there.write("var/trafikito.state", "damaged");
    auto const ended = there.once();
    BOOST_TEST(exited(ended, 0));
    BOOST_TEST(ended.err.find("set aside as trafikito.state.damaged") != std::string::npos,
               ended.err);
}

BOOST_AUTO_TEST_CASE(on_a_full_disk_the_report_is_delivered_and_the_loss_is_said,
                     *boost::unit_test::precondition(is_root)) {
    auto const ended = once_behind("mount -t tmpfs -o size=4k,nr_inodes=2 tmpfs \"$VAR\" && "
                                   ": > \"$VAR/fills.the.last.inode\"");
    BOOST_TEST(exited(ended, 0));
    BOOST_TEST(run_in_report(1) == "1");
    check_that_it_says_what_is_lost(ended.err, "No space left on device");
}

BOOST_AUTO_TEST_CASE(on_a_disk_that_is_read_only_too, *boost::unit_test::precondition(is_root)) {
    auto const ended = once_behind("mount --bind \"$VAR\" \"$VAR\" && "
                                   "mount -o remount,ro,bind \"$VAR\"");
    BOOST_TEST(exited(ended, 0));
    BOOST_TEST(run_in_report(1) == "1");
    check_that_it_says_what_is_lost(ended.err, "Read-only file system");
}

BOOST_AUTO_TEST_SUITE_END()
