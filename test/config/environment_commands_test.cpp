#include "config/environment_commands.hpp"

#include "settings_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

using namespace trafikito::config;
using namespace trafikito::test;

struct read {
    explicit read(std::vector<std::string> const& environment)
        : commands(read_environment_commands(environment, problems)) {}

    std::vector<diagnostic> problems;
    std::vector<environment_command> commands;
};

BOOST_AUTO_TEST_SUITE(environment_commands)

BOOST_AUTO_TEST_CASE(a_variable_is_a_line_of_the_list) {
    read const all({"PATH=/bin", "TRAFIKITO_RUN_df=df -h", "TRAFIKITO_RUN_trafikito_up=uptime",
                    "TRAFIKITO_RUN_used=df -P / | awk '{ print \\$5 }'"});
    BOOST_TEST(all.problems.empty(), all_of(all.problems));
    BOOST_REQUIRE_EQUAL(all.commands.size(), 3U);
    BOOST_TEST(all.commands[0].line == "trafikito_df=\"df -h\"");
    BOOST_TEST(all.commands[1].line == "trafikito_up=\"uptime\"");
    BOOST_TEST(all.commands[2].line == "trafikito_used=\"df -P / | awk '{ print \\$5 }'\"");
}

BOOST_AUTO_TEST_CASE(a_key_of_the_configuration_and_an_empty_value_are_none) {
    read const none({"TRAFIKITO_RUN_AS=nobody", "TRAFIKITO_RUN_=x",
                     "TRAFIKITO_RUN_df=", "TRAFIKITO_RUN_df", "TRAFIKITO_INTERVAL=5m"});
    BOOST_TEST(none.commands.empty());
    BOOST_TEST(none.problems.empty(), all_of(none.problems));
}

BOOST_AUTO_TEST_CASE(what_is_no_line_of_the_list_is_an_error) {
    for (std::string const wrong :
         {"TRAFIKITO_RUN_a-b=df", "TRAFIKITO_RUN_df=echo \"x\"", "TRAFIKITO_RUN_df=one\ntwo",
          "TRAFIKITO_RUN_df=df\ntrafikito_x=\"id", "TRAFIKITO_RUN_df=df\r"}) {
        read const broken({wrong});
        BOOST_TEST(broken.commands.empty(), wrong);
        BOOST_REQUIRE_EQUAL(broken.problems.size(), 1U);
        BOOST_TEST(broken.problems[0].file == wrong.substr(0, wrong.find('=')));
        BOOST_TEST((broken.problems[0].level == diagnostic::severity::error));
    }
}

BOOST_AUTO_TEST_CASE(they_are_no_unknown_keys) {
    auto const built = with("", {"TRAFIKITO_RUN_df=df -h"});
    BOOST_TEST(built.diagnostics.empty(), all_of(built.diagnostics));
    BOOST_REQUIRE_EQUAL(built.settings.environment_commands.size(), 1U);
    BOOST_TEST(!with("", {"TRAFIKITO_RUN_df=\""}).ok());
}

BOOST_AUTO_TEST_CASE(they_beat_the_list_and_stand_behind_it) {
    auto list = parse_command_list("trafikito_df=\"df\"\ntrafikito_up=\"uptime\"\n"
                                   "trafikito_df=\"df -P\"\ntrafikito_dfx=\"true\"\n",
                                   "list");
    add_environment_commands(list, read({"TRAFIKITO_RUN_df=df -h $5"}).commands, {});
    BOOST_REQUIRE_EQUAL(list.commands.size(), 3U);
    BOOST_TEST(list.find("trafikito_df")->text == "df -h $5");
    std::vector<std::string> const lines{"trafikito_up=\"uptime\"", "trafikito_dfx=\"true\"",
                                         "trafikito_df=\"df -h $5\""};
    BOOST_TEST(list.valid_lines == lines, boost::test_tools::per_element());
    // The name that stood twice in the file, and what the shell takes for a variable.
    BOOST_REQUIRE_EQUAL(list.diagnostics.size(), 2U);
    BOOST_TEST(list.diagnostics[1].format().starts_with("TRAFIKITO_RUN_df: warning: "));
}

BOOST_AUTO_TEST_CASE(they_replace_a_command_that_is_refused) {
    auto list = parse_command_list("#: timeout=never\ntrafikito_df=\"df\"\n", "list");
    BOOST_REQUIRE(list.find_refused("trafikito_df") != nullptr);
    add_environment_commands(list, read({"TRAFIKITO_RUN_df=df -h"}).commands, {});
    BOOST_TEST(list.find_refused("trafikito_df") == nullptr);
    BOOST_TEST(list.find("trafikito_df")->text == "df -h");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
