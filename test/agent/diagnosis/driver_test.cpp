#include "agent/diagnosis/driver.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::agent::diagnosis;
using trafikito::test::temporary_directory;

namespace {

struct driver_fixture {
    driver_fixture() : so_far({}) {
        so_far.asked.root = here.path();
        so_far.asked.config_file = "/srv/x/etc/trafikito.cfg";
    }
    temporary_directory here;
    known so_far;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(driver, driver_fixture)

BOOST_AUTO_TEST_CASE(only_single_cycles_of_this_configuration_count) {
    BOOST_TEST(begins_cycles("* * * * * root /x/trafikito-agent --once -c /srv/x/etc/trafikito.cfg",
                             so_far));
    BOOST_TEST(!begins_cycles("trafikito-agent --once --config /srv/y/etc/trafikito.cfg", so_far));
    BOOST_TEST(!begins_cycles("trafikito-agent --config /srv/x/etc/trafikito.cfg", so_far));
    BOOST_TEST(!begins_cycles("other --once --config /srv/x/etc/trafikito.cfg", so_far));
    BOOST_TEST(!begins_cycles("trafikito-agent --once", so_far));
}

BOOST_AUTO_TEST_CASE(a_crontab) {
    BOOST_TEST(find_driver(so_far) == "");
    auto const file =
        here.write("etc/cron.d/trafikito",
                   "# trafikito-agent --once --config /srv/x/etc/trafikito.cfg\n"
                   "*/5 * * * * root trafikito-agent --once --config /srv/x/etc/trafikito.cfg\n");
    BOOST_TEST(find_driver(so_far).starts_with(file.string() + " (*/5 * * * * root "));
}

BOOST_AUTO_TEST_CASE(a_timer) {
    auto const unit =
        here.write("etc/systemd/system/cycle.service",
                   "[Service]\nType=oneshot\n"
                   "ExecStart=/usr/bin/trafikito-agent --once --config /srv/x/etc/trafikito.cfg\n");
    BOOST_TEST(find_driver(so_far) == ""); // nothing starts it
    (void)here.write("etc/systemd/system/cycle.timer", "[Timer]\nOnCalendar=minutely\n");
    BOOST_TEST(find_driver(so_far) == "the timer cycle.timer");
}

BOOST_AUTO_TEST_SUITE_END()
