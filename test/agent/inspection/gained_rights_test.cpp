#include "agent/inspection/gained_rights.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace trafikito::agent::inspection;
using trafikito::test::temporary_directory;

namespace {

std::string programs(std::string_view text) {
    std::string all;
    for (auto const& one : programs_in(text)) {
        all += one + ' ';
    }
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gained_rights)

BOOST_AUTO_TEST_CASE(programs_stand_where_a_command_begins) {
    BOOST_TEST(programs("df -h") == "df ");
    BOOST_TEST(programs("ps -C su | grep sudo; LANG=C su -c 'id'") == "ps grep su ");
    BOOST_TEST(programs("timeout 5s nice -n 10 sudo -n smartctl -a x") ==
               "timeout nice sudo smartctl ");
    BOOST_TEST(programs(R"(echo \$(/usr/bin/sudo id) && (ping x))") ==
               "echo /usr/bin/sudo id ping ");
    BOOST_TEST(programs("") == "");
    BOOST_TEST(programs("| ; && '' \"\"") == "");
}

BOOST_AUTO_TEST_CASE(who_becomes_another_user_needs_rights) {
    temporary_directory const root;
    for (auto const* name : {"sudo", "su", "doas", "/usr/bin/sudo"}) {
        BOOST_TEST(needs_to_gain_rights(name, 1000, root.path()), name);
    }
    for (auto const* name : {"mount", "df", "sudoedit.log", "/opt/su/x"}) {
        BOOST_TEST(!needs_to_gain_rights(name, 1000, root.path()), name);
    }
}

BOOST_AUTO_TEST_CASE(ping_does_where_the_kernel_keeps_its_sockets_from_users) {
    temporary_directory const root;
    auto const ping = root.write("usr/bin/ping", "");
    BOOST_TEST(!needs_to_gain_rights("ping", 1000, root.path()));
    ::chmod(ping.c_str(), 04755);
    BOOST_TEST(needs_to_gain_rights("ping", 1000, root.path()));
    (void)root.write("proc/sys/net/ipv4/ping_group_range", "1\t0\n");
    BOOST_TEST(needs_to_gain_rights("ping", 1000, root.path()));
    (void)root.write("proc/sys/net/ipv4/ping_group_range", "0\t2147483647\n");
    BOOST_TEST(!needs_to_gain_rights("ping", 1000, root.path()));
}

BOOST_AUTO_TEST_CASE(a_process_is_bound_by_its_own_flag) {
    std::string const others = "Name:\tx\nUid:\t0\t1000\t0\t0\nGid:\t0\t100\t0\t0\n";
    auto const bound = find_bound(others + "NoNewPrivs:\t1\n");
    BOOST_REQUIRE(bound.has_value());
    BOOST_TEST(bound->user == 1000U);
    BOOST_TEST(bound->group == 100U);
    BOOST_TEST(!find_bound(others + "NoNewPrivs:\t0\n").has_value());
    BOOST_TEST(!find_bound("").has_value());
    BOOST_TEST(!find_bound("Name:\tNoNewPrivs:\t1\n").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
