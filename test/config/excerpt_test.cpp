#include "config/excerpt.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace trafikito::config;

BOOST_AUTO_TEST_SUITE(excerpt)

BOOST_AUTO_TEST_CASE(points_at_the_column) {
    BOOST_TEST((excerpt_of("interval = 30q", 12) == source_excerpt{"interval = 30q", 12}));
    BOOST_TEST((excerpt_of("interval = 30q\r", 0) == source_excerpt{"interval = 30q", 0}));
    BOOST_TEST((excerpt_of("ab", 9) == source_excerpt{"ab", 3}), "behind the end is the end");
}

BOOST_AUTO_TEST_CASE(counts_characters_and_not_bytes) {
    BOOST_TEST((excerpt_of("\xc3\xbc\xc3\xbc x", 6) == source_excerpt{"\xc3\xbc\xc3\xbc x", 4}));
}

BOOST_AUTO_TEST_CASE(a_tab_is_a_blank_and_nothing_speaks_to_a_terminal) {
    BOOST_TEST((excerpt_of("\tx\x1b[2J", 2) == source_excerpt{" x?[2J", 2}));
}

BOOST_AUTO_TEST_CASE(of_a_long_line_the_part_around_the_column_is_shown) {
    auto const begin = excerpt_of(std::string(8000, 'a'), 5);
    BOOST_TEST(begin.text == std::string(100, 'a') + "...");
    BOOST_TEST(begin.caret == 5U);
    auto const middle = excerpt_of(std::string(4000, 'a') + 'b' + std::string(4000, 'c'), 4001);
    BOOST_TEST(middle.text.size() == 106U);
    BOOST_TEST(middle.text.at(middle.caret - 1) == 'b');
}

BOOST_AUTO_TEST_CASE(no_value_is_shown_that_may_be_secret) {
    BOOST_TEST(shown_part_of_setting("interval = 30q # x") == "interval = 30q # x");
    for (std::string const line :
         {"api_key = GEHEIM", "export API_KEY=\"GEHEIM\"", "proxy=http://u:GEHEIM@h:1",
          "command_env = A=GEHEIM", "apikey = GEHEIM", "api_key GEHEIM", "\tapi_key\t= GEHEIM",
          "api_url = https://u:GEHEIM@h", "url_output = https://h/?key=GEHEIM", "= GEHEIM",
          "\"GEHEIM\"", "server_id=a;api_key=GEHEIM?@", "export  GEHEIM api_key=GEHEIM"}) {
        auto const shown = shown_part_of_setting(line);
        bool const named_so = line.starts_with("export  GEHEIM") || line.starts_with("server_id");
        BOOST_TEST((named_so || shown.find("GEHEIM") == std::string::npos),
                   line << " as " << shown);
    }
    BOOST_TEST(shown_part_of_setting("  api_key = x") == "  api_key = ...");
    BOOST_TEST(shown_part_of_setting("api_key x") == "api_key ...");
}

BOOST_AUTO_TEST_CASE(each_message_gets_its_line) {
    using severity = diagnostic::severity;
    std::vector<diagnostic> found{{severity::error, "f", 3, 2, "c", ""},
                                  {severity::error, "f", 1, 1, "a", ""},
                                  {severity::error, "other", 1, 1, "o", ""},
                                  {severity::error, "f", 9, 1, "not there", ""},
                                  {severity::error, "f", 0, 0, "whole", ""}};
    add_excerpts(found, "f", "one\ntwo\nthree\n", text_kind::commands);
    BOOST_TEST(found[0].source.text == "three");
    BOOST_TEST(found[1].source.text == "one");
    for (auto const index : {2U, 3U, 4U}) {
        BOOST_TEST(found[index].source.text.empty());
    }
    BOOST_TEST(found[0].format() == "f:3:2: error: c\n    3 | three\n      |  ^");
}

BOOST_AUTO_TEST_SUITE_END()
