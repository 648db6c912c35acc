#include "agent/enrolment/how_to_start.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

namespace enrolment = trafikito::agent::enrolment;
using trafikito::test::temporary_directory;

namespace {

struct how_to_start_fixture {
    void has(std::string const& file, std::string const& content = "") const {
        (void)root.write(file, content);
    }
    [[nodiscard]] std::string installed() const {
        return enrolment::how_to_start("/opt/trafikito/etc/trafikito.cfg", "/opt/trafikito",
                                       root.path());
    }
    [[nodiscard]] std::string packaged() const {
        return enrolment::how_to_start("/etc/trafikito/trafikito.cfg", "/etc/trafikito",
                                       root.path());
    }

    temporary_directory root;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(how_to_start, how_to_start_fixture)

BOOST_AUTO_TEST_CASE(in_the_foreground_where_there_is_nothing) {
    BOOST_TEST(installed() == "trafikito-agent --config /opt/trafikito/etc/trafikito.cfg");
}

BOOST_AUTO_TEST_CASE(by_its_path_where_the_program_is_in_the_installation) {
    has("opt/trafikito/lib/trafikito-agent");
    BOOST_TEST(installed() ==
               "/opt/trafikito/lib/trafikito-agent --config /opt/trafikito/etc/trafikito.cfg");
}

BOOST_AUTO_TEST_CASE(by_the_controller) {
    has("opt/trafikito/trafikito");
    BOOST_TEST(installed() == "/opt/trafikito/trafikito start");
}

BOOST_AUTO_TEST_CASE(by_the_unit_that_is_its_own_where_systemd_runs) {
    has("usr/lib/systemd/system/trafikito-agent.service",
        "ExecStart=/usr/sbin/trafikito-agent --config /etc/trafikito/trafikito.cfg\n");
    BOOST_TEST(packaged() == "trafikito-agent --config /etc/trafikito/trafikito.cfg");
    has("run/systemd/system/x");
    BOOST_TEST(packaged() == "systemctl enable --now trafikito-agent");
    BOOST_TEST(installed() == "trafikito-agent --config /opt/trafikito/etc/trafikito.cfg");
}

BOOST_AUTO_TEST_CASE(an_instance_has_its_own_unit) {
    has("run/systemd/system/x");
    has("usr/lib/systemd/system/trafikito-agent@.service");
    BOOST_TEST(enrolment::how_to_start("/etc/trafikito/web/trafikito.cfg", "/etc/trafikito/web",
                                       root.path()) ==
               "systemctl enable --now trafikito-agent@web");
}

BOOST_AUTO_TEST_CASE(by_the_init_script) {
    has("etc/init.d/trafikito-agent", "CONFIG=/etc/trafikito/trafikito.cfg\n");
    BOOST_TEST(packaged() == "/etc/init.d/trafikito-agent start");
}

BOOST_AUTO_TEST_SUITE_END()
