#include "server/database/postgres_text.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace trafikito::server::database;

std::vector<std::string> commands(std::string_view script) {
    std::vector<std::string> all;
    while (!script.empty()) {
        auto const end = end_of_command(script);
        all.emplace_back(script.substr(0, end));
        script.remove_prefix(std::min(end + 1, script.size()));
    }
    return all;
}

BOOST_AUTO_TEST_SUITE(postgres_text)

BOOST_AUTO_TEST_CASE(parameters_get_their_numbers) {
    BOOST_TEST(with_dollars("a = ? AND b = ?") == "a = $1 AND b = $2");
    BOOST_TEST(with_dollars("a = ?2 OR b = ?1") == "a = $2 OR b = $1");
    BOOST_TEST(with_dollars("a = '?' || ?") == "a = '?' || $1");
    BOOST_TEST(with_dollars("'it''s ?', ?") == "'it''s ?', $1");
}

BOOST_AUTO_TEST_CASE(a_script_ends_its_commands_at_semicolons_of_its_own) {
    using list = std::vector<std::string>;
    BOOST_TEST(commands("a; b") == (list{"a", " b"}), boost::test_tools::per_element());
    BOOST_TEST(commands("a ';' b;c") == (list{"a ';' b", "c"}), boost::test_tools::per_element());
    BOOST_TEST(commands("a -- it's; so\n;c") == (list{"a -- it's; so\n", "c"}),
               boost::test_tools::per_element());
    BOOST_TEST(commands("f $$ a; 'b $$; c") == (list{"f $$ a; 'b $$", " c"}),
               boost::test_tools::per_element());
    BOOST_TEST(commands("f $$ a; b") == (list{"f $$ a; b"}), boost::test_tools::per_element());
    BOOST_TEST(commands("-- a; b") == (list{"-- a; b"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(numbers_come_back) {
    for (std::int64_t const number :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{256},
          std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
        auto const bytes = big_endian(number);
        BOOST_TEST(from_big_endian({bytes.data(), bytes.size()}) == number);
    }
    BOOST_TEST(from_big_endian("\x01") == 1);
    BOOST_TEST(from_big_endian("\xFF\xFE") == -2);
    BOOST_TEST(from_big_endian("") == 0);
}

BOOST_AUTO_TEST_CASE(what_is_no_text_becomes_some) {
    BOOST_TEST(as_utf8("häuser") == "häuser");
    BOOST_TEST(as_utf8(std::string_view("a\0b\xFF\xC3", 5)) == "a?b??");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
