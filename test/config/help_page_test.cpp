#include "config/help_page.hpp"

#include "test/config/table_of_commands.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::config;

BOOST_FIXTURE_TEST_SUITE(help_page, trafikito::test::table_of_commands)

BOOST_AUTO_TEST_CASE(the_program_lists_its_commands_and_says_what_it_exits_with) {
    BOOST_TEST(trafikito::config::help_page(program) == R"(Usage: pump COMMAND

Watches pumps. It is watched.

Commands:
  look   Look at some
  pumps  List them; add one

Options:
  -h, --help     Print this
  -V, --version  Print the version

Examples:
  pump look
  pump pumps

Exit status: 0 or 2.
)");
}

BOOST_AUTO_TEST_CASE(a_command_shows_its_words_and_options_within_80_columns) {
    BOOST_TEST(trafikito::config::help_page(*look) ==
               R"(Usage: pump look [--config FILE] [--json] [--text] [NAME...]

Look at some.

Options:
  NAME...            Which ones (default: all)
  -c, --config FILE  Where all stands (default: somewhere)
  --json             As JSON
  --text             As text, which is longer to say than one line of a screen
                     of eighty columns can hold

Examples:
  pump look a
  pump look --json
)");
}

BOOST_AUTO_TEST_CASE(what_is_required_stands_without_brackets) {
    auto const page = trafikito::config::help_page(*add);
    BOOST_TEST(page.starts_with("Usage: pump pumps add --name NAME [--last N]\n\nAdd one. One "
                                "more.\n"),
               page);
}

BOOST_AUTO_TEST_CASE(an_option_with_a_long_name_does_not_push_the_others_away) {
    pumps->add_option("--a-very-long-name-of-an-option", name, "Long")->type_name("FILE");
    auto const page = trafikito::config::help_page(*pumps);
    BOOST_TEST(page.find("\n  --json  As JSON\n") != std::string::npos, page);
    BOOST_TEST(page.find("\n  --a-very-long-name-of-an-option FILE\n          Long\n") !=
                   std::string::npos,
               page);
}

BOOST_AUTO_TEST_CASE(help_of_the_command_that_was_named) {
    BOOST_TEST(read({"pumps", "add", "--help"}) == trafikito::config::help_page(*add));
    table_of_commands other;
    BOOST_TEST(other.read({"-h"}) == trafikito::config::help_page(other.program));
    table_of_commands third;
    BOOST_TEST(third.read({"--version"}) == "pump 1\n");
}

BOOST_AUTO_TEST_CASE(words_are_wrapped_between_words_and_never_within) {
    BOOST_TEST(wrapped("aa bb cc", 2, 0, 5) == "aa bb\n  cc\n");
    BOOST_TEST(wrapped("a-word-too-long b", 2, 0, 5) == "a-word-too-long\n  b\n");
    BOOST_TEST(wrapped("", 2, 0, 5) == "\n");
}

BOOST_AUTO_TEST_SUITE_END()
