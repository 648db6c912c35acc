// Suite reload: SIGHUP, and a trafikito.app that changes while the agent runs.
#include "test/e2e/installation.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

using namespace trafikito::test;

namespace {

struct reload_fixture : pair {
    reload_fixture() : pair(2) {
        commands("trafikito_one=\"echo 1\"\n");
        order({{"tok one 55 0"}});
        // From the file here, so that the file can change it.
        there.environment.erase("TRAFIKITO_API_URL");
        there.write_config(writing::exported, {}, "export API_URL=\"" + api.url() + "\"\n");
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(reload, reload_fixture)

BOOST_AUTO_TEST_CASE(sighup_takes_over_a_changed_configuration) {
    strict_api other({}, api.who());
    other.answers(v2_order, {{"tok one 55 0"}});
    auto const daemon = there.daemon();
    (void)report();
    there.write_config(writing::exported, {}, "export API_URL=\"" + other.url() + "\"\n");
    daemon->signal(SIGHUP);
    BOOST_TEST(other.wait_for(v2_output).report.starts_with(section("trafikito_one")));
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_CASE(without_sighup_the_static_configuration_stays) {
    auto const daemon = there.daemon();
    (void)report();
    there.write_config(writing::exported, {}, "export API_URL=\"http://127.0.0.1:1\"\n");
    (void)there.write("etc/trafikito.app", "log_level = debug\n"); // taken up: only what is tunable
    BOOST_REQUIRE(daemon->wrote("debug"));
    (void)report(reports() + 1);
}

BOOST_AUTO_TEST_CASE(sighup_with_a_broken_configuration_changes_nothing) {
    auto const daemon = there.daemon();
    (void)report();
    there.write_config(writing::exported, {},
                       "export API_URL=\"" + api.url() + "\"\nmax_output = lots\n");
    daemon->signal(SIGHUP);
    BOOST_REQUIRE(daemon->wrote(there.config().string() + ":7:"));
    BOOST_REQUIRE(daemon->wrote("not taken over"));
    (void)report(reports() + 2);
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_CASE(sighup_with_a_broken_ca_file_changes_nothing) {
    auto const daemon = there.daemon();
    (void)report();
    (void)there.write("etc/ca.pem", "no certificate\n");
    there.write_config(writing::exported, {},
                       "export API_URL=\"" + api.url() + "\"\nlog_level = debug\n");
    daemon->signal(SIGHUP);
    BOOST_REQUIRE(daemon->wrote("not taken over"));
    (void)report(reports() + 1);
}

BOOST_AUTO_TEST_CASE(a_changed_trafikito_app_is_taken_up_between_cycles) {
    commands("trafikito_one=\"seq 1 2000\"\n");
    auto const daemon = there.daemon();
    BOOST_TEST(report().report.size() > 8000U);
    (void)there.write("etc/trafikito.app", "max_output = 1KiB\n");
    BOOST_REQUIRE(daemon->wrote("configuration read again"));
    BOOST_TEST(report(reports() + 2).report.size() < 2000U);
}

BOOST_AUTO_TEST_CASE(a_broken_trafikito_app_is_reported_and_the_last_good_stays) {
    (void)there.write("etc/trafikito.app", "log_level = debug\n");
    auto const daemon = there.daemon();
    (void)report();
    (void)there.write("etc/trafikito.app", "log_level = info\nmax_output = lots\n");
    BOOST_REQUIRE(daemon->wrote("trafikito.app:2:"));
    auto const before = daemon->err().size();
    (void)report(reports() + 2);
    BOOST_TEST(daemon->err().find("debug", before) != std::string::npos); // as before
}

BOOST_AUTO_TEST_CASE(a_changed_command_list_is_taken_up) {
    auto const daemon = there.daemon();
    (void)report();
    commands("trafikito_one=\"echo changed\"\n");
    BOOST_TEST(report(reports() + 2).report.starts_with(section("trafikito_one") + "changed\n"));
}

// Started as root it read the key before it became another user.
BOOST_AUTO_TEST_CASE(a_key_that_the_user_of_run_as_cannot_read_stays) {
    if (::geteuid() != 0) {
        return;
    }
    ::chmod(there.base().c_str(), 0755);
    std::filesystem::create_directories(there.base() / "var");
    BOOST_REQUIRE(::chown((there.base() / "var").c_str(), 65534, 65534) == 0);
    auto const write = [&](std::string const& name, std::string const& text, mode_t mode) {
        auto const file = there.write(name, text);
        ::chmod(file.c_str(), mode);
        return file;
    };
    there.environment["TRAFIKITO_CA_FILE"] = write("ca.pem", authority.certificate(), 0644);
    auto const key = write("etc/key", api.who().api_key + "\n", 0600);
    (void)write("etc/trafikito.cfg",
                "server_id = " + api.who().server_id +
                    "\napi_key_file = etc/key\napi_url = " + api.url() + "\nrun_as = 65534\n",
                0644);
    auto const daemon = there.daemon();
    (void)report();
    daemon->signal(SIGHUP);
    (void)report(reports() + 1);
    (void)write("etc/trafikito.app", "log_level = debug\n", 0644);
    BOOST_TEST(daemon->wrote("configuration read again"));
    (void)report(reports() + 1);
    BOOST_TEST(daemon->err().find("cannot be read") == std::string::npos, daemon->err());
    std::filesystem::remove(key); // that is another matter
    daemon->signal(SIGHUP);
    BOOST_TEST(daemon->wrote("No such file or directory"));
    (void)report(reports() + 1);
}

BOOST_AUTO_TEST_SUITE_END()
