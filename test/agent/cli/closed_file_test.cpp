#include "agent/cli/closed_file.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>

using namespace trafikito;
using agent::cli::why_closed;
namespace fs = std::filesystem;

namespace {

/// Somebody who is not root looks: this process itself, or, as root, as the user nobody.
struct closed_file_fixture {
    closed_file_fixture() {
        fs::permissions(here.path(), fs::perms(0755));
        auto const* const nobody = ::getpwnam("nobody");
        BOOST_REQUIRE(nobody != nullptr);
        if (::geteuid() == 0) {
            BOOST_REQUIRE(::seteuid(nobody->pw_uid) == 0);
        }
        who = ::getpwuid(::geteuid())->pw_name;
    }
    ~closed_file_fixture() {
        bool const back = ::getuid() != 0 || ::seteuid(0) == 0;
        BOOST_TEST(back);
        for (auto const* name : {"folder", "file"}) {
            std::error_code ignored;
            fs::permissions(here.path() / name, fs::perms(0755), ignored);
        }
    }
    [[nodiscard]] fs::path closed(std::string const& name, std::string const& shut, unsigned mode) {
        auto const back = ::geteuid();
        bool const root = ::getuid() == 0 && ::seteuid(0) == 0;
        auto path = here.write(name, "x");
        fs::permissions(here.path() / shut, fs::perms(mode));
        BOOST_REQUIRE((!root || ::seteuid(back) == 0));
        return path;
    }

    test::temporary_directory here;
    std::string who;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(closed_file, closed_file_fixture)

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read) {
    auto const file = closed("file", "file", 0200);
    auto const said = why_closed(file, R_OK);
    BOOST_TEST(said.starts_with(who + " may not read " + file.string() + " ("), said);
    BOOST_TEST(said.ends_with(", mode 0200)"), said);
}

BOOST_AUTO_TEST_CASE(the_folder_that_is_shut_is_named) {
    auto const file = closed("folder/deep/file", "folder", 0600);
    auto const said = why_closed(file, X_OK);
    BOOST_TEST(said.starts_with(who + " may not enter " + (here.path() / "folder").string() + " ("),
               said);
    BOOST_TEST(said.ends_with(", where " + file.string() + " is"), said);
}

BOOST_AUTO_TEST_CASE(what_is_open_or_not_there_is_not_closed) {
    auto const file = closed("file", "file", 0644);
    BOOST_TEST(why_closed(file, R_OK) == "");
    BOOST_TEST(why_closed(here.path() / "nothing", R_OK) == "");
}

BOOST_AUTO_TEST_SUITE_END()
