#include "base/ascii.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace trafikito;
namespace {

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> result;
    base::line_reader lines(text);
    while (auto const line = lines.next()) {
        BOOST_TEST(line->number == result.size() + 1);
        result.emplace_back(line->text);
    }
    return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ascii)

BOOST_AUTO_TEST_CASE(reads_lines_with_and_without_a_final_newline) {
    using list = std::vector<std::string>;
    BOOST_TEST(lines_of("").empty());
    BOOST_TEST(lines_of("a") == list{"a"}, boost::test_tools::per_element());
    BOOST_TEST(lines_of("a\n") == list{"a"}, boost::test_tools::per_element());
    BOOST_TEST(lines_of("\n\nb") == (list{"", "", "b"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(skips_a_byte_order_mark_in_front_only) {
    using list = std::vector<std::string>;
    BOOST_TEST(lines_of("\xEF\xBB\xBF"
                        "a\n\xEF\xBB\xBF"
                        "b") == (list{"a", "\xEF\xBB\xBF"
                                           "b"}),
               boost::test_tools::per_element());
    BOOST_TEST(lines_of("\xEF\xBB") == list{"\xEF\xBB"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(trims_blanks_but_no_newline) {
    BOOST_TEST(base::trim(" \t a b\t ") == "a b");
    BOOST_TEST(base::trim(" \t").empty());
    BOOST_TEST(base::trim("\n") == "\n");
}

BOOST_AUTO_TEST_CASE(takes_words_out_of_a_text) {
    using list = std::vector<std::string_view>;
    BOOST_TEST((base::words_in("") == list{}));
    BOOST_TEST((base::words_in(" \t\r\n") == list{}));
    BOOST_TEST((base::words_in("  one\ttwo  three\r") == list{"one", "two", "three"}));
    BOOST_TEST((base::words_in("/bin::/usr/bin:", ":") == list{"/bin", "/usr/bin"}));
    BOOST_TEST((base::words_in(std::string_view("a b\0c\0\0", 7), std::string_view("\0", 1)) ==
                list{"a b", "c"}));
}

BOOST_AUTO_TEST_CASE(compares_without_case_in_ascii_alone) {
    BOOST_TEST(base::equals_ignoring_case("API_Key", "api_kEY"));
    BOOST_TEST(!base::equals_ignoring_case("a", "ab"));
    BOOST_TEST(!base::equals_ignoring_case("\xC4", "\xE4"));
    BOOST_TEST(base::lower("AbZ[") == "abz[");
}

BOOST_AUTO_TEST_CASE(knows_names_of_users) {
    for (auto const* const good : {"nobody", "www-data", "65534", "_apt", "a.b"}) {
        BOOST_TEST(base::is_user_name(good), good);
    }
    for (auto const* const bad : {"", "-u", "a b", "a:b", "root;id", "\xC3\xA4"}) {
        BOOST_TEST(!base::is_user_name(bad), bad);
    }
    BOOST_TEST(base::is_user_name(std::string(32, 'a')));
    BOOST_TEST(!base::is_user_name(std::string(33, 'a')));
}

BOOST_AUTO_TEST_SUITE_END()
