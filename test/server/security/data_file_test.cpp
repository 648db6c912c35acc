#include "server/security/data_file.hpp"

#include "server/security/credentials.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <iterator>

namespace {

using namespace trafikito;
using namespace trafikito::server;

struct fixture {
    test::temporary_directory directory;
    std::filesystem::path file = directory.path() / "file";
    auto entries() const {
        return std::distance(std::filesystem::directory_iterator(directory.path()), {});
    }
};

unsigned mode_of(std::filesystem::path const& path) {
    return static_cast<unsigned>(std::filesystem::status(path).permissions());
}

BOOST_FIXTURE_TEST_SUITE(data_file, fixture)

BOOST_AUTO_TEST_CASE(a_file_is_written_whole_with_its_mode_and_leaves_nothing_beside) {
    BOOST_TEST(security::write_file(file, "one", 0600, security::when_there::keep));
    BOOST_TEST(test::read_file(file) == "one");
    BOOST_TEST(mode_of(file) == 0600U);
    BOOST_TEST(entries() == 1);
}

BOOST_AUTO_TEST_CASE(keep_keeps_and_replace_replaces) {
    security::write_file(file, "one", 0600, security::when_there::keep);
    BOOST_TEST(!security::write_file(file, "two", 0644, security::when_there::keep));
    BOOST_TEST(test::read_file(file) == "one");
    BOOST_TEST(security::write_file(file, "two", 0644, security::when_there::replace));
    BOOST_TEST(test::read_file(file) == "two");
    BOOST_TEST(mode_of(file) == 0644U);
    BOOST_TEST(entries() == 1);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_replaced_is_said) {
    std::filesystem::create_directory(file.string() + ".new"); // in the way of the new one
    BOOST_CHECK_THROW(security::write_file(file, "one", 0600, security::when_there::replace),
                      std::runtime_error);
    BOOST_TEST(!std::filesystem::exists(file));
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_nothing_and_a_missing_directory_an_error) {
    BOOST_TEST(!security::read_file_if_there(file).has_value());
    BOOST_CHECK_THROW(security::write_file(file / "below", "x", 0600, security::when_there::keep),
                      std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_private_directory_is_for_its_owner_only) {
    auto const made = directory.path() / "a" / "b";
    security::make_private_directory(made);
    BOOST_TEST(mode_of(made) == 0700U);
    BOOST_CHECK_NO_THROW(security::make_private_directory(made));
    directory.write("plain", "");
    BOOST_CHECK_THROW(security::make_private_directory(directory.path() / "plain"),
                      std::runtime_error);
}

BOOST_AUTO_TEST_CASE(the_user_key_is_made_once) {
    auto const first = security::ensure_user_key(directory.path());
    auto const key = test::read_file(directory.path() / "user_api_key");
    BOOST_TEST(key.size() == 65U); // 256 bits in hexadecimal, and a newline
    BOOST_TEST(mode_of(directory.path() / "user_api_key") == 0600U);
    BOOST_TEST((first == security::sha256(key.substr(0, 64))));
    BOOST_TEST((security::ensure_user_key(directory.path()) == first));
}

BOOST_AUTO_TEST_CASE(a_user_key_that_is_none_is_refused_and_not_replaced) {
    for (std::string const bad : {"", "\n", "short\n", "two words that are long enough\n"}) {
        directory.write("user_api_key", bad);
        BOOST_CHECK_THROW(security::ensure_user_key(directory.path()), std::runtime_error);
        BOOST_TEST(test::read_file(directory.path() / "user_api_key") == bad);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
