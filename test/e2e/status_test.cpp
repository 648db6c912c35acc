// Suite status: what `status`, `healthcheck` and the service manager are told of a daemon.
#include "test/e2e/installation.hpp"

#include "test/support/eventually.hpp"
#include "test/support/notify_socket.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>

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
    BOOST_TEST(holds(looked.out, "trafikito_one: exit code 0 after"));
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
    BOOST_TEST(exited(there.run({"status"}), 3));
    BOOST_TEST(exited(there.run({"healthcheck"}), 1));
}

BOOST_AUTO_TEST_CASE(a_killed_daemon_does_not_run) {
    auto const daemon = daemon_with_a_report();
    daemon->signal(SIGKILL);
    (void)daemon->wait();
    BOOST_TEST(exited(there.run({"status"}), 3));
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
