#include "base/ascii.hpp"
#include "base/plain_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito;

BOOST_AUTO_TEST_SUITE(plain_text)

BOOST_AUTO_TEST_CASE(what_a_terminal_would_obey_is_replaced) {
    BOOST_TEST(trafikito::base::plain_text("a\x1b[31mb\x07\x7f") == "a?[31mb??");
    BOOST_TEST(trafikito::base::plain_text("c1 \xc2\x9b x") == "c1 ?? x");
    BOOST_TEST(trafikito::base::plain_text("rtl \xe2\x80\xae x") == "rtl ??? x");
}

BOOST_AUTO_TEST_CASE(white_space_is_one_space_and_ends_are_trimmed) {
    BOOST_TEST(trafikito::base::plain_text("\r\n a \t\n b \n") == "a b");
    BOOST_TEST(trafikito::base::plain_text(" \n ") == "");
}

BOOST_AUTO_TEST_CASE(utf8_stays_and_what_is_none_does_not) {
    BOOST_TEST(trafikito::base::plain_text("zażółć €😀") == "zażółć €😀");
    BOOST_TEST(trafikito::base::plain_text("\xff\xc3") == "??");
    BOOST_TEST(trafikito::base::plain_text("\xe0\x80\x80") == "???"); // overlong
    BOOST_TEST(trafikito::base::plain_text("\xed\xa0\x80") == "???"); // a surrogate
}

BOOST_AUTO_TEST_CASE(it_is_cut_between_characters) {
    BOOST_TEST(trafikito::base::plain_text("żżż", 5) == "żż…");
    BOOST_TEST(trafikito::base::plain_text("żżż", 6) == "żżż");
}

BOOST_AUTO_TEST_CASE(trim_takes_white_space_off_both_ends_only) {
    BOOST_TEST(base::trim_white_space(" \t\r\na b\v\f ") == "a b");
    BOOST_TEST(base::trim_white_space("") == "");
}

BOOST_AUTO_TEST_CASE(case_is_ignored_in_ascii_alone) {
    BOOST_TEST(base::equals_ignoring_case("Chunked", "chunkeD"));
    BOOST_TEST(base::equals_ignoring_case("", ""));
    BOOST_TEST(!base::equals_ignoring_case("chunked", "chunke"));
    BOOST_TEST(!base::equals_ignoring_case("chunked", "chunkex"));
    BOOST_TEST(!base::equals_ignoring_case("[", "{"));
}

BOOST_AUTO_TEST_SUITE_END()
