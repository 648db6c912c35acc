#include "agent/daemon/eyes.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <filesystem>
#include <grp.h>
#include <unistd.h>

using namespace trafikito::agent::daemon;
using trafikito::test::temporary_directory;

BOOST_AUTO_TEST_SUITE(eyes)

BOOST_AUTO_TEST_CASE(see_what_run_as_may_and_give_the_own_back) {
    temporary_directory const directory;
    auto const file = directory.write("mine", "x");
    std::filesystem::permissions(directory.path(), std::filesystem::perms{0755});
    std::filesystem::permissions(file, std::filesystem::perms{0600});
    BOOST_TEST(may(file, R_OK) == 0);
    BOOST_TEST(may(directory.path() / "none", F_OK) == ENOENT);
    if (::geteuid() != 0) {
        return; // nobody else can look with the eyes of others
    }
    int const groups = ::getgroups(0, nullptr);
    {
        eyes_of const theirs("nobody");
        BOOST_TEST(theirs.problem() == "");
        BOOST_TEST(::geteuid() != 0U);
        BOOST_TEST(may(file, R_OK) == EACCES);
    }
    BOOST_TEST(::geteuid() == 0U);
    BOOST_TEST(::getegid() == 0U);
    BOOST_TEST(::getgroups(0, nullptr) == groups);
    BOOST_TEST(may(file, R_OK | W_OK) == 0);
}

BOOST_AUTO_TEST_CASE(change_nothing_where_nobody_is_named_or_there) {
    BOOST_TEST(eyes_of("").problem() == "");
    BOOST_TEST(eyes_of("no-such-user").problem() == "there is no user no-such-user");
}

BOOST_AUTO_TEST_SUITE_END()
