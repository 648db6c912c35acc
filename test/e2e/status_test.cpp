// Suite status: what `status`, `healthcheck` and the service manager are told of a daemon.
#include "test/e2e/installation.hpp"

#include "test/support/eventually.hpp"
#include "test/support/notify_socket.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>

using namespace trafikito;
using namespace trafikito::test;

namespace {

struct status_fixture : pair {
    status_fixture() : pair(2) {
        commands("trafikito_one=\"echo 1\"\n");
        order({{"tok one 55 0"}});
    }

    /// A daemon, once its first report was accepted.
    std::unique_ptr<program> daemon_with_a_report() {
        auto daemon = there.daemon();
        BOOST_REQUIRE(eventually([&] { return there.run({"healthcheck"}).code == 0; }));
        return daemon;
    }
};

bool holds(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(status, status_fixture)

BOOST_AUTO_TEST_CASE(before_the_first_start_nothing_runs_and_nothing_is_healthy) {
    auto const looked = there.run({"status"});
    BOOST_TEST(exited(looked, 3));
    BOOST_TEST(looked.out.starts_with("not running: "));
    auto const health = there.run({"healthcheck"});
    BOOST_TEST(exited(health, 1));
    BOOST_TEST(health.out.starts_with("unhealthy: "));
}

BOOST_AUTO_TEST_CASE(a_running_daemon_is_seen_and_a_stopped_one_not) {
    auto const daemon = daemon_with_a_report();
    auto const looked = there.run({"status"});
    BOOST_TEST(exited(looked, 0));
    BOOST_TEST(holds(looked.out, "process " + std::to_string(daemon->pid())));
    BOOST_TEST(holds(looked.out, "report accepted: 1 command"));
    BOOST_TEST(holds(looked.out, "trafikito_one  exit code 0"));
    BOOST_TEST(holds(looked.out, "API:         "));
    BOOST_TEST(holds(looked.out, " ago: an order of 1 command\n"));
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
    auto const gone = there.run({"status"});
    BOOST_TEST(exited(gone, 3));
    BOOST_TEST(holds(gone.out, "not running: the agent was stopped "));
    BOOST_TEST(holds(gone.out, " ago, by SIGTERM; the last cycle: "));
    BOOST_TEST(holds(gone.out, ": report accepted: 1 command"));
    BOOST_TEST(exited(there.run({"healthcheck"}), 1));
}

BOOST_AUTO_TEST_CASE(a_restart_makes_nothing_unhealthy_that_was_well) {
    there.environment["TRAFIKITO_INTERVAL"] = "1h";
    auto const before = daemon_with_a_report();
    before->signal(SIGTERM);
    BOOST_TEST(exited(before->wait(), 0));
    auto const after = there.daemon();
    BOOST_REQUIRE(after->wrote("watches as server"));
    BOOST_REQUIRE(eventually([&] { return there.run({"status"}).code == 0; }));
    BOOST_TEST(exited(there.run({"healthcheck"}), 0));
    auto const looked = there.run({"status"});
    BOOST_TEST(holds(looked.out, ": report accepted: 1 command"));
    BOOST_TEST(holds(looked.out, "next cycle:  in "));
    BOOST_TEST(holds(looked.out, "since start: 0 cycles every 3600 s"));
}

BOOST_AUTO_TEST_CASE(a_start_without_a_report_is_unhealthy_and_says_when_the_first_cycle_is_due) {
    there.environment["TRAFIKITO_RANDOM_NUMBER"] = "600";
    auto const daemon = there.daemon();
    BOOST_REQUIRE(eventually([&] { return there.run({"status"}).code == 0; }));
    auto const health = there.run({"healthcheck"});
    BOOST_TEST(exited(health, 1));
    BOOST_TEST(holds(health.out, "unhealthy: no report was accepted yet; the agent started "));
    BOOST_TEST(holds(health.out, " ago, and its first cycle is due in "));
}

BOOST_AUTO_TEST_CASE(once_is_told_as_what_it_was) {
    BOOST_TEST(exited(there.once(), 0));
    auto const looked = there.run({"status"});
    BOOST_TEST(exited(looked, 3));
    BOOST_TEST(holds(looked.out, "not running: there is no daemon; the last cycle: "));
    BOOST_TEST(holds(looked.out, " ago, one of --once, took "));
    BOOST_TEST(holds(looked.out, ": report accepted: 1 command"));
}

// Whatever was written into the file since: the daemon has what it read.
BOOST_AUTO_TEST_CASE(a_configuration_that_is_broken_now_hides_no_daemon) {
    auto const daemon = daemon_with_a_report();
    (void)there.write("etc/trafikito.cfg", read_file(there.config()) + "max_output = lots\n");
    for (auto const* command : {"status", "healthcheck"}) {
        auto const looked = there.run({command});
        BOOST_TEST(exited(looked, 0));
        BOOST_TEST(holds(looked.err, ": error: max_output"));
    }
    BOOST_TEST(holds(there.run({"status"}).out, "process " + std::to_string(daemon->pid())));
    BOOST_TEST(there.run({"healthcheck"}).out == "healthy\n");
    std::filesystem::remove(there.config());
    BOOST_TEST(exited(there.run({"status"}), 2));
}

// What init scripts ask before they start it: 2 is that trying does not help.
BOOST_AUTO_TEST_CASE(where_none_runs_a_broken_configuration_is_the_news) {
    BOOST_TEST(exited(there.run({"status"}), 3));
    (void)there.write("etc/trafikito.cfg", read_file(there.config()) + "max_output = lots\n");
    auto const looked = there.run({"status"});
    BOOST_TEST(exited(looked, 2));
    BOOST_TEST(holds(looked.err, ": error: max_output"));
    BOOST_TEST(holds(looked.out, "not running: "));
}

BOOST_AUTO_TEST_CASE(a_killed_daemon_does_not_run) {
    auto const daemon = daemon_with_a_report();
    daemon->signal(SIGKILL);
    (void)daemon->wait();
    auto const looked = there.run({"status"});
    BOOST_TEST(exited(looked, 3));
    BOOST_TEST(holds(looked.out, "the agent is gone and did not say why"));
}

BOOST_AUTO_TEST_CASE(as_json_it_is_one_object_without_the_key) {
    auto const daemon = daemon_with_a_report();
    auto const looked = there.run({"status", "--json"});
    BOOST_TEST(exited(looked, 0));
    auto const object = boost::json::parse(looked.out).as_object();
    BOOST_TEST(object.at("running").as_bool());
    BOOST_TEST(object.at("results").as_array().at(0).as_object().at("exitCode").as_int64() == 0);
    BOOST_TEST(!holds(looked.out, api.who().api_key));
}

BOOST_AUTO_TEST_CASE(a_daemon_whose_reports_are_refused_is_not_healthy) {
    api.answers(v2_output, {{"no", 400}});
    auto const daemon = there.daemon();
    (void)report();
    BOOST_REQUIRE(eventually(
        [&] { return holds(there.run({"healthcheck"}).out, "no report was accepted"); }));
    daemon->signal(SIGTERM);
    (void)daemon->wait();
}

BOOST_AUTO_TEST_CASE(a_daemon_whose_commands_do_not_run_is_not_healthy_though_its_reports_arrive) {
    std::filesystem::remove(there.base() / "available_commands.sh");
    auto const daemon = there.daemon();
    (void)report();
    BOOST_REQUIRE(eventually([&] {
        return holds(there.run({"healthcheck"}).out,
                     "unhealthy: nothing ran: 1 of 1 command was not run: the list could not be "
                     "read: ");
    }));
    BOOST_TEST(exited(there.run({"healthcheck"}), 1));
    BOOST_TEST(holds(there.run({"status"}).out, "problem:     nothing ran: 1 of 1 command "));
    commands("trafikito_one=\"echo 1\"\n");
    BOOST_TEST(eventually([&] { return there.run({"healthcheck"}).code == 0; }));
    daemon->signal(SIGTERM);
    (void)daemon->wait();
}

BOOST_AUTO_TEST_CASE(metrics_are_written_after_each_cycle_where_they_are_wanted) {
    auto const file = there.base() / "var/trafikito.prom";
    there.environment["TRAFIKITO_METRICS_FILE"] = file.string();
    auto const daemon = daemon_with_a_report();
    BOOST_REQUIRE(eventually(
        [&] { return holds(read_file(file), "trafikito_cycles_total{end=\"accepted\"} 2\n"); }));
    auto const text = read_file(file);
    BOOST_TEST(text.starts_with("# TYPE trafikito_build_info gauge\n"));
    BOOST_TEST(text.ends_with("\n# EOF\n"));
    BOOST_TEST(holds(text, "trafikito_command_exit_code{command=\"trafikito_one\"} 0\n"));
    BOOST_TEST(!holds(text, api.who().api_key));
}

BOOST_AUTO_TEST_CASE(metrics_that_cannot_be_written_are_said_once_and_stop_nothing) {
    there.environment["TRAFIKITO_METRICS_FILE"] = (there.base() / "missing/x.prom").string();
    auto const daemon = daemon_with_a_report();
    BOOST_REQUIRE(daemon->wrote("/missing/x.prom cannot be written: there is no directory "));
    (void)report(3);
    auto const said = daemon->err();
    BOOST_TEST(said.find("x.prom") == said.rfind("x.prom"));
    BOOST_TEST(holds(there.run({"status"}).out, "problem:     "));
}

BOOST_AUTO_TEST_CASE(the_service_manager_hears_ready_status_reloading_and_stopping) {
    notify_socket const systemd(there.base() / "notify");
    there.environment["NOTIFY_SOCKET"] = (there.base() / "notify").string();
    std::string heard;
    auto const hears = [&](std::string const& part) {
        return eventually([&] {
            heard += systemd.message();
            return holds(heard, part);
        });
    };
    auto const daemon = there.daemon();
    BOOST_TEST(hears("READY=1\n"));
    BOOST_TEST(hears("STATUS=report accepted: "));
    heard.clear();
    daemon->signal(SIGHUP);
    BOOST_TEST(hears("RELOADING=1\n"));
    BOOST_TEST(hears("READY=1\n"));
    daemon->signal(SIGTERM);
    BOOST_TEST(hears("STOPPING=1\n"));
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_SUITE_END()
