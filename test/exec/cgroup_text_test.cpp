// What /proc says about cgroups, read from texts.
#include "exec/cgroup.hpp"

#include "test/exec/leaves_nothing.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

using namespace trafikito;

BOOST_FIXTURE_TEST_SUITE(cgroup_text, test::leaves_nothing)

BOOST_AUTO_TEST_CASE(the_mount_is_the_first_of_the_second_version) {
    auto const hybrid = exec::find_cgroup_mount(
        "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
        "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
        "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw\n"
        "42 31 0:38 / /elsewhere rw - cgroup2 cgroup2 rw\n");
    BOOST_TEST(hybrid.root == "/");
    BOOST_TEST(hybrid.point == "/sys/fs/cgroup/unified");
    auto const odd = exec::find_cgroup_mount("1 2 0:3 /a\\040b /c\\134d rw - cgroup2 none rw");
    BOOST_TEST(odd.root == "/a b");
    BOOST_TEST(odd.point == "/c\\d");
}

BOOST_AUTO_TEST_CASE(no_mount_of_the_second_version_is_none) {
    for (std::string_view const text :
         {"", "\n\n", " - cgroup2 ", "1 2 3 - cgroup2 x rw", "1 2 0:3 / /sys rw - cgroup x rw\n"}) {
        BOOST_TEST(exec::find_cgroup_mount(text).point.empty());
    }
}

BOOST_AUTO_TEST_CASE(the_name_stands_behind_the_empty_controller) {
    BOOST_TEST(exec::find_cgroup_name("9:cpu:/a\n0::/b.slice/c d.service\n") ==
               "/b.slice/c d.service");
    BOOST_TEST(exec::find_cgroup_name("0::/\n") == "/");
    BOOST_TEST(exec::find_cgroup_name("9:cpu:/a\n10::/b\n") == "");
    BOOST_TEST(exec::find_cgroup_name("") == "");
}

BOOST_AUTO_TEST_CASE(the_directory_is_that_part_of_the_name_which_the_mount_does_not_hold) {
    BOOST_TEST(exec::directory_of("/", {"/", "/m"}) == "/m");
    BOOST_TEST(exec::directory_of("/a/b", {"/", "/m"}) == "/m/a/b");
    BOOST_TEST(exec::directory_of("/a/b", {"/a", "/m"}) == "/m/b");
    BOOST_TEST(exec::directory_of("/a/b", {"/a/b", "/m"}) == "/m");
}

BOOST_AUTO_TEST_CASE(what_the_mount_does_not_show_has_no_directory) {
    BOOST_TEST(exec::directory_of("/ab", {"/a", "/m"}).empty());
    BOOST_TEST(exec::directory_of("/b", {"/a", "/m"}).empty());
    BOOST_TEST(exec::directory_of("/../b", {"/", "/m"}).empty());
    BOOST_TEST(exec::directory_of("/b", {"/..", "/m"}).empty());
    BOOST_TEST(exec::directory_of("", {"/", "/m"}).empty());
    BOOST_TEST(exec::directory_of("/b", {}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
