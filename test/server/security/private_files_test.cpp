#include "server/security/private_files.hpp"

#include "test/exec/forked.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace {

using namespace trafikito;
using server::security::check_key_file;
using server::security::secure_data_directory;

struct fixture {
    test::temporary_directory here;
    std::filesystem::path data = here.path() / "data";
    std::string said;
    base::log log{[this](std::string_view line) { said += line; }, base::severity::info,
                  base::log::format::text};

    fixture() { std::filesystem::create_directory(data); }
    void set_mode(std::filesystem::path const& path, mode_t mode) {
        BOOST_REQUIRE(::chmod(path.c_str(), mode) == 0);
    }
    static unsigned mode_of(std::filesystem::path const& path) {
        return static_cast<unsigned>(std::filesystem::status(path).permissions());
    }
    std::filesystem::path write(char const* name, mode_t mode) {
        std::filesystem::remove(data / name); // who is not root writes no file of mode 0400
        auto const path = here.write(std::filesystem::path("data") / name, "x");
        set_mode(path, mode);
        return path;
    }
};

auto says(char const* words) {
    return [words](std::runtime_error const& failure) {
        return std::string(failure.what()).find(words) != std::string::npos;
    };
}

BOOST_FIXTURE_TEST_SUITE(private_files, fixture)

BOOST_AUTO_TEST_CASE(a_new_directory_is_private_and_nothing_is_said) {
    secure_data_directory(here.path() / "new", log);
    BOOST_TEST(mode_of(here.path() / "new") == 0700U);
    BOOST_TEST(said == "");
}

BOOST_AUTO_TEST_CASE(a_directory_that_others_read_or_write_is_mended_and_that_is_said) {
    for (auto const& [mode, words] : {std::pair(0755U, "could be read"),
                                      {0777U, "could be written"},
                                      {0770U, "could be written"},
                                      {0711U, "could be read"}}) {
        said.clear();
        set_mode(data, mode);
        secure_data_directory(data, log);
        BOOST_TEST(mode_of(data) == 0700U);
        BOOST_TEST(said.find(words) != said.npos);
    }
    said.clear();
    secure_data_directory(data, log);
    BOOST_TEST(said == "");
}

BOOST_AUTO_TEST_CASE(so_are_the_files_in_it_and_a_certificate_may_be_read) {
    set_mode(data, 0700);
    for (char const* name : {"ca.key", "server.key", "user_api_key", "trafikito.db",
                             "trafikito.db-wal", "trafikito.db-shm", "reserve"}) {
        said.clear();
        auto const file = write(name, 0644);
        secure_data_directory(data, log);
        BOOST_TEST(mode_of(file) == 0600U);
        BOOST_TEST(said.find(file.string() + " could be read by others") != said.npos);
    }
    said.clear();
    write("ca.pem", 0644);
    secure_data_directory(data, log);
    BOOST_TEST(said == "");
    auto const written = write("server.pem", 0666);
    secure_data_directory(data, log);
    BOOST_TEST(mode_of(written) == 0644U);
    BOOST_TEST(said.find("could be written") != said.npos);
}

BOOST_AUTO_TEST_CASE(links_and_what_is_no_file_are_refused) {
    auto const elsewhere = here.write("elsewhere", "x");
    set_mode(elsewhere, 0644);
    std::filesystem::create_symlink(elsewhere, data / "trafikito.db");
    BOOST_CHECK_EXCEPTION(secure_data_directory(data, log), std::runtime_error, says("a link"));
    BOOST_TEST(mode_of(elsewhere) == 0644U);
    std::filesystem::remove(data / "trafikito.db");
    std::filesystem::create_directory(data / "ca.key");
    BOOST_CHECK_THROW(secure_data_directory(data, log), std::runtime_error);
    here.write("plain", "x");
    BOOST_CHECK_THROW(secure_data_directory(here.path() / "plain", log), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(what_belongs_to_somebody_else_is_refused_with_the_chown) {
    if (!test::root_for("files of another user")) {
        return;
    }
    constexpr uid_t somebody = 12345;
    auto const file = write("server.key", 0600);
    BOOST_REQUIRE(::chown(file.c_str(), somebody, somebody) == 0);
    BOOST_CHECK_EXCEPTION(secure_data_directory(data, log), std::runtime_error,
                          says("belongs to user 12345"));
    std::filesystem::remove(file);
    BOOST_REQUIRE(::chown(data.c_str(), somebody, somebody) == 0);
    BOOST_CHECK_EXCEPTION(secure_data_directory(data, log), std::runtime_error, says("chown 0 "));
}

BOOST_AUTO_TEST_CASE(a_way_to_it_that_others_may_change_is_named) {
    auto const open = here.path() / "open";
    std::filesystem::create_directories(open / "data");
    set_mode(open, 0777);
    secure_data_directory(open / "data", log);
    BOOST_TEST(said.find("chmod go-w " + open.string() + "`") != said.npos);
    said.clear();
    set_mode(open, 01777); // as /tmp
    secure_data_directory(open / "data", log);
    BOOST_TEST(said == "");
}

BOOST_AUTO_TEST_CASE(somebody_else_who_owns_the_way_to_it_is_named_also_in_a_link) {
    if (!test::root_for("directories of another user")) {
        return;
    }
    constexpr uid_t somebody = 12345;
    auto const theirs = here.path() / "theirs";
    std::filesystem::create_directories(theirs / "data");
    BOOST_REQUIRE(::chown(theirs.c_str(), somebody, somebody) == 0);
    secure_data_directory(theirs / "data", log);
    BOOST_TEST(said.find("user 12345 owns " + theirs.string() + " (`chown root ") != said.npos);
    said.clear();
    auto const link = here.path() / "link";
    std::filesystem::create_directory_symlink(data, link);
    BOOST_REQUIRE(::lchown(link.c_str(), somebody, somebody) == 0);
    secure_data_directory(link, log);
    BOOST_TEST(said.find("user 12345 owns " + link.string() + " (`chown -h root ") != said.npos);
}

BOOST_AUTO_TEST_CASE(a_key_of_ones_own_is_for_its_owner_and_its_group_alone) {
    for (mode_t const good : {0600U, 0400U, 0640U, 0440U}) {
        BOOST_CHECK_NO_THROW(check_key_file(write("own", good)));
    }
    for (mode_t const bad : {0644U, 0604U, 0660U, 0602U, 0620U}) {
        BOOST_CHECK_EXCEPTION(check_key_file(write("own", bad)), std::runtime_error,
                              says("chmod o-rwx,g-w "));
    }
    BOOST_CHECK_THROW(check_key_file(data / "none"), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
