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

BOOST_AUTO_TEST_CASE(nothing_turns_the_direction_of_writing) {
    // U+202E, U+2066, U+200F, U+061C
    BOOST_TEST(base::for_terminal("\xe2\x80\xae|\xe2\x81\xa6|\xe2\x80\x8f|\xd8\x9c") ==
               "\\xe2\\x80\\xae|\\xe2\\x81\\xa6|\\xe2\\x80\\x8f|\\xd8\\x9c");
}

BOOST_AUTO_TEST_CASE(nothing_hides_in_a_name) {
    // U+00AD, U+034F, U+180E, U+200B, U+2060, U+FEFF, U+3164, U+E0041
    for (std::string const invisible :
         {"\xc2\xad", "\xcd\x8f", "\xe1\xa0\x8e", "\xe2\x80\x8b", "\xe2\x81\xa0", "\xef\xbb\xbf",
          "\xe3\x85\xa4", "\xf3\xa0\x81\x81"}) {
        auto const name = "a" + invisible + "b";
        BOOST_TEST(base::for_line(name).starts_with("a\\x"), name);
        BOOST_TEST(base::for_terminal(name).starts_with("a\\x"), name);
        BOOST_TEST(base::one_line(name) == "a" + std::string(invisible.size(), '?') + "b", name);
        BOOST_TEST(base::for_json(name).starts_with("a\\u"), name);
        BOOST_TEST(!base::checked_plain_text(name, 99).has_value(), name);
    }
    BOOST_TEST(base::for_json("\xf3\xa0\x81\x81") == "\\udb40\\udc41");
}

BOOST_AUTO_TEST_CASE(what_joins_the_parts_of_a_character_stays_in_an_output_alone) {
    // U+200C, U+200D, U+FE0F
    for (std::string const joiner : {"\xe2\x80\x8c", "\xe2\x80\x8d", "\xef\xb8\x8f"}) {
        BOOST_TEST(base::for_terminal(joiner) == joiner);
        BOOST_TEST(base::for_line(joiner).starts_with("\\x"));
        BOOST_TEST(base::one_line(joiner) == "???");
        BOOST_TEST(!base::checked_plain_text("a" + joiner, 99).has_value());
    }
    BOOST_TEST(base::for_json("\xe2\x80\x8d") == "\\u200d");
}

BOOST_AUTO_TEST_CASE(a_line_of_a_log_is_one_line) {
    BOOST_TEST(base::one_line("a\nb\tc\rd\x1b[m") == "a b c?d?[m");
    BOOST_TEST(base::one_line("\xc2\x9b \xff \xc3\xa4") == "?? ? \xc3\xa4");
    BOOST_TEST(base::one_line("a\xc3\xa4\xc3\xa4", 4) == "a\xc3\xa4");
}

BOOST_AUTO_TEST_CASE(json_means_the_same_and_is_harmless) {
    BOOST_TEST(base::for_json("{\"a\":\"\xc2\x9b\x7f\xe2\x80\xae\xc3\xa4\"}\n") ==
               "{\"a\":\"\\u009b\\u007f\\u202e\xc3\xa4\"}\n");
    BOOST_TEST(base::for_json("\"\xff\"") == "\"\\ufffd\"");
}

BOOST_AUTO_TEST_CASE(text_is_cut_between_characters) {
    BOOST_TEST(base::for_line("a\xc3\xa4", 2) == "a...");
    BOOST_TEST(base::whole_characters("\xf0\x9f\x98\x80", 3) == 0U);
    BOOST_TEST(base::whole_characters("\xf0\x9f\x98\x80", 4) == 4U);
    BOOST_TEST(base::whole_characters("\xff\xff\xff", 2) == 2U);
    BOOST_TEST(base::whole_characters("", 2) == 0U);
}

BOOST_AUTO_TEST_CASE(plain_text_is_short_and_printable) {
    BOOST_TEST(base::checked_plain_text("debian", 6).value() == "debian");
    BOOST_TEST(!base::checked_plain_text("debian", 5).has_value());
    BOOST_TEST(!base::checked_plain_text("a\nb", 9).has_value());
    BOOST_TEST(!base::checked_plain_text("\xff", 9).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
