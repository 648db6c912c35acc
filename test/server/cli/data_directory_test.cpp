#include "server/cli/data_directory.hpp"

#include "test/exec/forked.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <stdexcept>

namespace {

using namespace trafikito;
using server::store::access;
namespace fs = std::filesystem;

struct fixture {
    test::temporary_directory directory;
    fs::path data = directory.path() / "data";

    fixture() {
        fs::create_directories(data);
        server::store::store(server::cli::database_file(data), access::read_write,
                             server::cli::system_now);
        fs::permissions(directory.path(), fs::perms(0755));
        fs::permissions(data, fs::perms(0755));
    }
    static std::string refusal(fs::path const& where, access wanted) {
        try {
            (void)server::cli::open_store({.directory = where, .database = {}}, wanted);
        } catch (std::runtime_error const& why) {
            return why.what();
        }
        return "";
    }
    /// Whether another user than the owner is told all of `words`.
    bool another_user_reads(access wanted, std::vector<std::string> const& words) const {
        return test::forked([&] {
                   test::become_nobody_else();
                   auto const said = refusal(data, wanted);
                   for (auto const& each : words) {
                       if (said.find(each) == std::string::npos) {
                           return 1;
                       }
                   }
                   return 0;
               }) == 0;
    }
};

BOOST_FIXTURE_TEST_SUITE(data_directory, fixture)

BOOST_AUTO_TEST_CASE(what_is_missing_is_said_and_what_is_there_opens) {
    BOOST_TEST(refusal(data, access::read_only).empty());
    BOOST_TEST(refusal(data / "no", access::read_only).find("there is no data directory") !=
               std::string::npos);
    BOOST_TEST(refusal(data / "trafikito.db", access::read_only).find("is no directory") !=
               std::string::npos);
    fs::remove(data / "trafikito.db");
    BOOST_TEST(refusal(data, access::read_only).find("there is no database in") !=
               std::string::npos);
    fs::create_directory(data / "trafikito.db");
    BOOST_TEST(refusal(data, access::read_only).find("is no file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_may_not_be_read_is_not_called_missing) {
    if (!test::root_for("another user")) {
        return;
    }
    std::vector<std::string> const words{"belongs to root", "sudo -u root trafikito-server"};
    fs::permissions(data / "trafikito.db", fs::perms(0600));
    BOOST_TEST(another_user_reads(access::read_only, words));
    fs::permissions(data / "trafikito.db", fs::perms(0644));
    BOOST_TEST(another_user_reads(access::read_write, words));
    fs::permissions(data, fs::perms(0700));
    BOOST_TEST(another_user_reads(access::read_only, words));
    fs::permissions(data, fs::perms(0755));
    fs::permissions(directory.path(), fs::perms(0700));
    BOOST_TEST(another_user_reads(
        access::read_only,
        {"may not look into " + directory.path().string() + ", ", words.back()}));
    // As systemd makes it for a unit of a dynamic user.
    fs::permissions(directory.path(), fs::perms(0755));
    auto const closed = directory.path() / "private";
    fs::create_directory(closed);
    fs::permissions(closed, fs::perms(0700));
    fs::rename(data, closed / "data");
    fs::create_symlink("private/data", data);
    BOOST_TEST(another_user_reads(access::read_only,
                                  {"may not look into " + closed.string() + ", ", words.back()}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
