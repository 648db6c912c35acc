#include "config/usage_error.hpp"

#include "test/config/table_of_commands.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::config;

namespace {

/// The first line without `pump: error: `, of a command line of its own.
std::string wrong(std::vector<std::string> const& words) {
    trafikito::test::table_of_commands table;
    auto const end = read_command_line(table.program, words);
    BOOST_REQUIRE(end.has_value());
    BOOST_TEST(end->status == 2);
    BOOST_REQUIRE(end->text.starts_with("pump: error: "));
    return end->text.substr(13, end->text.find('\n') - 13);
}

std::string advice(std::vector<std::string> const& words) {
    trafikito::test::table_of_commands table;
    auto const text = read_command_line(table.program, words)->text;
    return text.substr(text.find('\n') + 1);
}

} // namespace

BOOST_AUTO_TEST_SUITE(usage_error)

BOOST_AUTO_TEST_CASE(a_right_command_line_is_read) {
    trafikito::test::table_of_commands table;
    BOOST_TEST(table.read({"look", "-c", "f", "a", "b", "--json"}) == "read");
    BOOST_TEST(table.config == "f");
    BOOST_TEST(table.names.size() == 2U);
    trafikito::test::table_of_commands other;
    BOOST_TEST(other.read({"pumps", "add", "--name=x", "--last", "5"}) == "read");
    BOOST_TEST(other.name == "x");
}

BOOST_AUTO_TEST_CASE(a_mistyped_command_names_the_nearest) {
    BOOST_TEST(wrong({"lok"}) == "unknown command lok; did you mean look?");
    BOOST_TEST(wrong({"pumps", "ad", "--name", "x"}) == "unknown command ad; did you mean add?");
    BOOST_TEST(wrong({"xyz"}) == "unknown command xyz; there are look and pumps");
    BOOST_TEST(wrong({"help"}) == "unknown command help; did you mean --help?");
    BOOST_TEST(wrong({""}) == "unknown command an empty word; there are look and pumps");
}

BOOST_AUTO_TEST_CASE(a_mistyped_option_names_the_nearest) {
    BOOST_TEST(wrong({"look", "--jsn"}) == "unknown option --jsn; did you mean --json?");
    BOOST_TEST(wrong({"look", "-json"}) == "unknown option -json; did you mean --json?");
    BOOST_TEST(wrong({"look", "--confg=x"}) == "unknown option --confg; did you mean --config?");
    BOOST_TEST(wrong({"pumps", "--xyz"}) == "unknown option --xyz; `pump pumps` takes --json");
    // Rather than that --name is missing, which it is because of it.
    BOOST_TEST(wrong({"pumps", "add", "--nmae", "x"}) ==
               "unknown option --nmae; did you mean --name?");
}

BOOST_AUTO_TEST_CASE(an_option_at_the_wrong_place_is_sent_to_the_right_one) {
    BOOST_TEST(wrong({"--json", "look"}) ==
               "--json is an option of look: write it behind that word, `pump look --json`");
    BOOST_TEST(wrong({"pumps", "--name", "x"}) ==
               "--name is an option of `pump pumps add`, not of `pump pumps`");
}

BOOST_AUTO_TEST_CASE(one_word_too_many_is_said) {
    BOOST_TEST(wrong({"pumps", "add", "--name", "x", "y"}) ==
               "y is one word too many: `pump pumps add` takes no word beside its options");
}

BOOST_AUTO_TEST_CASE(what_is_missing_comes_with_an_example) {
    BOOST_TEST(wrong({"pumps", "add"}) ==
               "`pump pumps add` needs --name NAME, as in `pump pumps add --name a`");
    BOOST_TEST(wrong({}) == "`pump` needs a command: look or pumps");
}

BOOST_AUTO_TEST_CASE(an_option_without_its_value) {
    BOOST_TEST(wrong({"look", "--config"}) == "--config needs a value: -c, --config FILE");
    BOOST_TEST(wrong({"look", "--config="}) == "--config needs a value: -c, --config FILE");
    BOOST_TEST(wrong({"look", "--config", "--json"}) ==
               "--config needs a value: -c, --config FILE");
    BOOST_TEST(wrong({"look", "--config", ""}) == "--config is empty");
    BOOST_TEST(wrong({"pumps", "add", "--name", "a", "--name", "b"}) ==
               "--name stands there more than once: give it once");
}

BOOST_AUTO_TEST_CASE(a_wrong_value_is_named_with_what_is_wrong_about_it) {
    BOOST_TEST(wrong({"pumps", "add", "--name", "a", "--last", "12"}) ==
               "--last 12 is no whole number from 1 to 9: write --last 5");
    BOOST_TEST(wrong({"pumps", "add", "--name", "a", "--last", "1.5"}) ==
               "--last 1.5 is no whole number from 1 to 9: write --last 5");
    BOOST_TEST(check_choice("josn", "text json") ==
               "josn is none of text and json; did you mean json?");
    BOOST_TEST(check_choice("json", "text json") == "");
}

BOOST_AUTO_TEST_CASE(options_that_exclude_each_other_say_what_to_do) {
    BOOST_TEST(wrong({"look", "--json", "--text"}) ==
               "--json and --text exclude each other: give one of them");
}

BOOST_AUTO_TEST_CASE(it_says_which_help_to_read) {
    BOOST_TEST(advice({"look", "--jsn"}) == "See `pump look --help`.\n");
    BOOST_TEST(advice({"pumps", "add"}) == "See `pump pumps add --help`.\n");
    BOOST_TEST(advice({"look", "--config"}) == "See `pump look --help`.\n");
    BOOST_TEST(advice({"lok"}) == "See `pump --help`.\n");
}

BOOST_AUTO_TEST_CASE(a_hostile_word_is_made_harmless) {
    BOOST_TEST(wrong({"a\x1b[31m\nb"}) ==
               "unknown command a\\x1b[31m\\x0ab; there are look and pumps");
    BOOST_TEST(wrong({std::string(5000, 'x')}).size() < 200U);
}

BOOST_AUTO_TEST_SUITE_END()
