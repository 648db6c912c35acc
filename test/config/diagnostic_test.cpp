#include "config/diagnostic.hpp"

#include <boost/test/unit_test.hpp>

namespace config = trafikito::config;
using namespace trafikito::config;

using severity = config::diagnostic::severity;

BOOST_AUTO_TEST_SUITE(diagnostic)

BOOST_AUTO_TEST_CASE(names_file_line_column_and_the_hint_below) {
    config::diagnostic const one{severity::error, "/etc/t.cfg", 3, 12, "no such thing", "Mend it."};
    BOOST_TEST(one.format() == "/etc/t.cfg:3:12: error: no such thing\n    Mend it.");
}

BOOST_AUTO_TEST_CASE(leaves_out_the_column_of_a_whole_line) {
    config::diagnostic const one{severity::warning, "t.cfg", 3, 0, "odd", ""};
    BOOST_TEST(one.format() == "t.cfg:3: warning: odd");
}

BOOST_AUTO_TEST_CASE(leaves_out_the_line_of_a_whole_file_or_variable) {
    config::diagnostic const one{severity::error, "TRAFIKITO_INTERVAL", 0, 7, "too short", ""};
    BOOST_TEST(one.format() == "TRAFIKITO_INTERVAL: error: too short");
}

BOOST_AUTO_TEST_CASE(draws_the_line_and_a_caret) {
    config::diagnostic one{severity::error, "t.cfg", 12, 3, "odd", "Mend it."};
    one.source = {"a b", 3};
    BOOST_TEST(one.format() == "t.cfg:12:3: error: odd\n   12 | a b\n      |   ^\n    Mend it.");
    one.line = 1234567;
    one.source.caret = 0;
    BOOST_TEST(one.format() == "t.cfg:1234567:3: error: odd\n1234567 | a b\n    Mend it.");
}

BOOST_AUTO_TEST_CASE(tells_errors_from_warnings) {
    config::diagnostic const warning{severity::warning, "f", 1, 1, "w", ""};
    config::diagnostic const error{severity::error, "f", 1, 1, "e", ""};
    BOOST_TEST(!has_errors({}));
    BOOST_TEST(!has_errors({warning}));
    BOOST_TEST(has_errors({warning, error}));
}

BOOST_AUTO_TEST_CASE(quotes_text_so_that_it_cannot_speak_to_a_terminal) {
    BOOST_TEST(in_quotes("a b") == "\"a b\"");
    BOOST_TEST(in_quotes("\x1b[31m\n\x7f") == "\"\\x1b[31m\\x0a\\x7f\"");
    BOOST_TEST(in_quotes(std::string_view("\0", 1)) == "\"\\x00\"");
    BOOST_TEST(in_quotes("\xff") == "\"\\xff\"");
}

BOOST_AUTO_TEST_CASE(cuts_long_text_when_quoting) {
    BOOST_TEST(in_quotes(std::string(60, 'a')) == '"' + std::string(60, 'a') + '"');
    BOOST_TEST(in_quotes(std::string(61, 'a')) == '"' + std::string(60, 'a') + "…\"");
}

BOOST_AUTO_TEST_CASE(a_line_of_a_log_holds_the_hint_and_no_level) {
    config::diagnostic one{severity::warning, "list.sh", 3, 1, "it stands there twice", ""};
    BOOST_TEST(one.in_one_line() == "list.sh:3:1: it stands there twice");
    one.hint = "Remove one of the two.";
    BOOST_TEST(one.in_one_line() == "list.sh:3:1: it stands there twice. Remove one of the two");
}

BOOST_AUTO_TEST_CASE(the_name_of_a_file_forges_no_line) {
    config::diagnostic const one{severity::error, "a\nb\x1b[2J", 1, 2, "bad\nx", "do\r"};
    BOOST_TEST(one.format() == "a\\x0ab\\x1b[2J:1:2: error: bad\\x0ax\n    do\\x0d");
    BOOST_TEST(one.in_one_line() == "a\\x0ab\\x1b[2J:1:2: bad\\x0ax. do\\x0d");
}

BOOST_AUTO_TEST_SUITE_END()
