#include "base/printable.hpp"
#include "base/utf8.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito;

BOOST_AUTO_TEST_SUITE(printable)

BOOST_AUTO_TEST_CASE(utf8_is_told_from_other_bytes) {
    for (auto const* good :
         {"", "plain", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"}) {
        BOOST_TEST(base::is_utf8(good), good);
    }
    for (auto const* bad : {"\xff", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
                            "\xf4\x90\x80\x80", "\xf0\x80\x80\x80", "a\x80", "\xe2\x82"}) {
        BOOST_TEST(!base::is_utf8(bad));
    }
}

BOOST_AUTO_TEST_CASE(a_terminal_sees_no_control_characters) {
    BOOST_TEST(base::for_terminal("a\tb\nc") == "a\tb\nc");
    BOOST_TEST(base::for_terminal("\x1b]0;title\x07\r\x7f") == "\\x1b]0;title\\x07\\x0d\\x7f");
    BOOST_TEST(base::for_terminal("\xc2\x9b"
                                  "2J") == "\\xc2\\x9b2J"); // CSI as one C1 character
    BOOST_TEST(base::for_terminal("\xff"
                                  "caf\xc3\xa9") == "\\xffcaf\xc3\xa9");
    BOOST_TEST(base::for_terminal(std::string_view("\0", 1)) == "\\x00");
}

BOOST_AUTO_TEST_CASE(a_log_line_stays_one_short_line) {
    BOOST_TEST(base::for_line("a\nb\tc") == "a\\x0ab\\x09c");
    BOOST_TEST(base::for_line("abcdef", 3) == "abc...");
}

BOOST_AUTO_TEST_CASE(plain_text_is_short_and_printable) {
    BOOST_TEST(base::checked_plain_text("debian", 6).value() == "debian");
    BOOST_TEST(!base::checked_plain_text("debian", 5).has_value());
    BOOST_TEST(!base::checked_plain_text("a\nb", 9).has_value());
    BOOST_TEST(!base::checked_plain_text("\xff", 9).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
