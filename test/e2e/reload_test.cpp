// Suite reload: SIGHUP, and a trafikito.app that changes while the agent runs.
#include "test/e2e/installation.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

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

BOOST_AUTO_TEST_SUITE_END()
