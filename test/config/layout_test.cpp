#include "config/layout.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito::config;

BOOST_AUTO_TEST_SUITE(layout)

BOOST_AUTO_TEST_CASE(an_installation_is_the_folder_above_etc) {
    auto const found = layout_of("/opt/trafikito/etc/trafikito.cfg");
    BOOST_TEST(found.base_dir == "/opt/trafikito");
    BOOST_TEST(found.available_commands == "/opt/trafikito/available_commands.sh");
    BOOST_TEST(found.var_dir == "/opt/trafikito/var");
}

BOOST_AUTO_TEST_CASE(a_folder_of_another_name_is_one_itself) {
    BOOST_TEST(layout_of("/srv/t/trafikito.cfg").base_dir == "/srv/t");
    BOOST_TEST(layout_of("/opt/etcetera/trafikito.cfg").base_dir == "/opt/etcetera");
    BOOST_TEST(layout_of("/etc/trafikito.cfg").base_dir == "/");
    BOOST_TEST(layout_of("/srv/trafikito/trafikito.cfg").var_dir == "/srv/trafikito/var");
}

BOOST_AUTO_TEST_CASE(what_a_package_installs_writes_below_var_lib) {
    auto const found = layout_of("/etc/trafikito/trafikito.cfg");
    BOOST_TEST(found.base_dir == "/etc/trafikito");
    BOOST_TEST(found.available_commands == "/etc/trafikito/available_commands.sh");
    BOOST_TEST(found.var_dir == "/var/lib/trafikito");
}

BOOST_AUTO_TEST_CASE(several_instances_of_a_package_share_nothing) {
    auto const found = layout_of("/etc/trafikito/web/trafikito.cfg");
    BOOST_TEST(found.base_dir == "/etc/trafikito/web");
    BOOST_TEST(found.available_commands == "/etc/trafikito/web/available_commands.sh");
    BOOST_TEST(found.var_dir == "/var/lib/trafikito.web");
    BOOST_TEST(layout_of("/etc/trafikito/a/etc/trafikito.cfg").var_dir == "/etc/trafikito/a/var");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
