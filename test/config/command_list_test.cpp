#include "config/command_list.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace config = trafikito::config;
using namespace trafikito::config;
using namespace std::chrono_literals;

namespace {

config::command_list parse(std::string_view text) {
    return parse_command_list(text, "c.sh");
}

std::vector<std::string> names(config::command_list const& list) {
    std::vector<std::string> result;
    for (auto const& one : list.commands) {
        result.push_back(one.name);
    }
    return result;
}

std::vector<std::string> formatted(config::command_list const& list) {
    std::vector<std::string> result;
    for (auto const& one : list.diagnostics) {
        result.push_back(one.format());
    }
    return result;
}

using strings = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(command_list)

BOOST_AUTO_TEST_CASE(reads_commands_comments_and_blank_lines) {
    auto const list =
        parse("#!/bin/sh\n\ntrafikito_uptime=\"uptime\"\n  # why\n \t\ntrafikito_df=\"df -h\"");
    BOOST_TEST(list.diagnostics.empty());
    BOOST_TEST(list.invalid_lines.empty());
    BOOST_TEST(names(list) == (strings{"trafikito_uptime", "trafikito_df"}),
               boost::test_tools::per_element());
    BOOST_TEST(list.valid_lines ==
                   (strings{"trafikito_uptime=\"uptime\"", "trafikito_df=\"df -h\""}),
               boost::test_tools::per_element());
    auto const* const df = list.find("trafikito_df");
    BOOST_REQUIRE(df != nullptr);
    BOOST_TEST(df->line == "trafikito_df=\"df -h\"");
    BOOST_TEST(df->text == "df -h");
    BOOST_TEST(df->line_number == 6U);
    BOOST_TEST((df->options == config::command_options{}));
    BOOST_TEST(list.find("trafikito_free") == nullptr);
    BOOST_TEST(list.find("df") == nullptr);
}

BOOST_AUTO_TEST_CASE(reads_crlf_and_a_byte_order_mark) {
    auto const list = parse("\xEF\xBB\xBF"
                            "trafikito_a=\"a\"\r\n\r\n# c\r\n#: nice=5\r\ntrafikito_b=\"b\" \r\n");
    BOOST_TEST(list.diagnostics.empty());
    BOOST_TEST(list.valid_lines == (strings{"trafikito_a=\"a\"", "trafikito_b=\"b\" "}),
               boost::test_tools::per_element());
    BOOST_REQUIRE(list.find("trafikito_b") != nullptr);
    BOOST_TEST(list.find("trafikito_b")->line == "trafikito_b=\"b\" ");
    BOOST_TEST((list.find("trafikito_b")->options.nice == 5));
}

BOOST_AUTO_TEST_CASE(reports_invalid_lines_with_number_text_and_reason) {
    auto const list = parse("trafikito_a=\"a\"\nuptime=\"uptime\"\r\ntrafikito_b='b'\n");
    BOOST_TEST(names(list) == strings{"trafikito_a"}, boost::test_tools::per_element());
    BOOST_REQUIRE_EQUAL(list.invalid_lines.size(), 2U);
    BOOST_TEST(list.invalid_lines[0].number == 2U);
    BOOST_TEST(list.invalid_lines[0].text == "uptime=\"uptime\"");
    BOOST_TEST(list.invalid_lines[1].number == 3U);
    BOOST_TEST(
        formatted(list) ==
            (strings{
                "c.sh:2:1: error: the name does not begin with trafikito_; the line is not run\n"
                "    A command is trafikito_NAME=\"COMMAND\", from the first column.",
                "c.sh:3:13: error: the command stands in single quotes; the line is not run\n"
                "    Put it in double quotes; single ones may stand inside."}),
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(last_line_wins_where_a_name_occurs_twice) {
    auto const list = parse("trafikito_a=\"1\"\ntrafikito_b=\"2\"\ntrafikito_a=\"3\"\n");
    BOOST_TEST(names(list) == (strings{"trafikito_b", "trafikito_a"}),
               boost::test_tools::per_element());
    BOOST_TEST(list.find("trafikito_a")->text == "3");
    BOOST_TEST(list.find("trafikito_a")->line_number == 3U);
    BOOST_TEST(list.valid_lines.size() == 3U);
    BOOST_TEST(formatted(list) == strings{"c.sh:3:1: warning: trafikito_a stands in line 1 and in "
                                          "line 3; the last one is run\n"
                                          "    Remove one of the two."},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(options_hold_for_the_command_below_only) {
    auto const list = parse("#: timeout=5s\ntrafikito_a=\"a\"\ntrafikito_b=\"b\"\n");
    BOOST_TEST(list.diagnostics.empty());
    BOOST_TEST((list.find("trafikito_a")->options.timeout == 5s));
    BOOST_TEST(!list.find("trafikito_b")->options.timeout.has_value());
}

BOOST_AUTO_TEST_CASE(options_may_take_several_lines) {
    auto const list = parse("#: timeout=5s\n#: nice=3\ntrafikito_a=\"a\"\n");
    BOOST_TEST(list.diagnostics.empty());
    BOOST_TEST((list.find("trafikito_a")->options.timeout == 5s));
    BOOST_TEST((list.find("trafikito_a")->options.nice == 3));
}

BOOST_AUTO_TEST_CASE(options_without_a_command_below_are_a_warning) {
    for (auto const* const text : {"#: nice=3\n", "#: nice=3\n\ntrafikito_a=\"a\"\n",
                                   "#: nice=3\n# comment\ntrafikito_a=\"a\"\n", "#: nice=3"}) {
        auto const list = parse(text);
        BOOST_TEST(
            formatted(list) ==
                strings{"c.sh:1:1: warning: these options have no command on the line below\n"
                        "    Put them right above the command that they are for."},
            boost::test_tools::per_element());
        if (auto const* const a = list.find("trafikito_a")) {
            BOOST_TEST(!a->options.nice.has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(options_of_an_invalid_line_do_not_slip_to_the_next) {
    auto const list = parse("#: nice=3\nbad\ntrafikito_a=\"a\"\n");
    BOOST_TEST(list.diagnostics.size() == 1U);
    BOOST_TEST(!list.find("trafikito_a")->options.nice.has_value());
}

BOOST_AUTO_TEST_CASE(options_are_reported_at_their_column) {
    auto const list = parse("  #:  nice=50\ntrafikito_a=\"a\"\n");
    BOOST_REQUIRE_EQUAL(list.diagnostics.size(), 1U);
    BOOST_TEST(list.diagnostics[0].line == 1U);
    BOOST_TEST(list.diagnostics[0].column == 12U);
}

BOOST_AUTO_TEST_CASE(a_command_whose_options_cannot_be_read_is_not_run) {
    auto const list = parse("#: user=a/b\ntrafikito_a=\"a\"\ntrafikito_b=\"b\"\n");
    BOOST_TEST(list.find("trafikito_a") == nullptr);
    BOOST_TEST(list.find("trafikito_b") != nullptr);
    auto const* const refused = list.find_refused("trafikito_a");
    BOOST_REQUIRE(refused != nullptr);
    BOOST_TEST(refused->line_number == 2U);
    BOOST_TEST(refused->reason == "option user must be the name or number of a user, not \"a/b\"");
    BOOST_TEST(list.valid_lines.size() == 2U);
    BOOST_TEST(list.invalid_lines.empty());
    BOOST_TEST(list.find_refused("trafikito_b") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_refused_last_line_does_not_bring_the_first_back) {
    auto const list = parse("trafikito_a=\"1\"\n#: user=a/b\ntrafikito_a=\"2\"\n");
    BOOST_TEST(list.find("trafikito_a") == nullptr);
    BOOST_TEST(list.find_refused("trafikito_a") != nullptr);
    auto const mended = parse("#: user=a/b\ntrafikito_a=\"1\"\ntrafikito_a=\"2\"\n");
    BOOST_TEST(mended.find("trafikito_a") != nullptr);
    BOOST_TEST(mended.find_refused("trafikito_a") == nullptr);
}

BOOST_AUTO_TEST_CASE(an_unknown_option_does_not_stop_a_command) {
    auto const list = parse("#: tiemout=5s nice=3\ntrafikito_a=\"a\"\n");
    BOOST_TEST(list.diagnostics.size() == 1U);
    BOOST_TEST(!has_errors(list.diagnostics));
    BOOST_REQUIRE(list.find("trafikito_a") != nullptr);
    BOOST_TEST((list.find("trafikito_a")->options.nice == 3));
}

BOOST_AUTO_TEST_CASE(a_backslash_before_the_closing_quote_is_a_warning) {
    auto const list = parse("trafikito_a=\"ls \\\"\n");
    BOOST_REQUIRE_EQUAL(list.diagnostics.size(), 1U);
    BOOST_TEST(!has_errors(list.diagnostics));
    BOOST_TEST(list.diagnostics[0].column == 17U);
    BOOST_TEST(list.find("trafikito_a") != nullptr);
}

BOOST_AUTO_TEST_CASE(reads_4096_commands_and_no_more) {
    std::string text;
    for (int i = 0; i < 4096; ++i) {
        text += "trafikito_c" + std::to_string(i) + "=\"true\"\n";
    }
    auto const whole = parse(text);
    BOOST_TEST(whole.diagnostics.empty());
    BOOST_TEST(whole.commands.size() == 4096U);
    auto const list = parse(text + "trafikito_x=\"x\"\ntrafikito_c1=\"y\"\n");
    BOOST_TEST(list.commands.size() == 4096U);
    BOOST_TEST(list.valid_lines.size() == 4096U);
    BOOST_REQUIRE_EQUAL(list.diagnostics.size(), 1U);
    BOOST_TEST(list.diagnostics[0].format().starts_with(
        "c.sh:4097: error: more than 4096 commands; 2 from this line on are left out"));
}

BOOST_AUTO_TEST_CASE(a_line_over_8_kib_is_invalid_and_shown_in_part) {
    auto const list =
        parse("trafikito_a=\"" + std::string(10'000, 'x') + "\"\ntrafikito_b=\"b\"\n");
    BOOST_REQUIRE_EQUAL(list.invalid_lines.size(), 1U);
    BOOST_TEST(list.invalid_lines[0].text.size() == 256U);
    BOOST_TEST(list.find("trafikito_b") != nullptr);
}

BOOST_AUTO_TEST_CASE(stays_small_on_ten_megabytes_of_garbage) {
    std::string text;
    while (text.size() < 10'000'000) {
        text += "#: x=y z\nthis line is no command, but a hundred bytes of a page that someone "
                "saved at the "
                "wrong place\n";
    }
    auto const list = parse(text);
    BOOST_TEST(list.commands.empty());
    BOOST_TEST(list.diagnostics.size() == max_diagnostics + 1);
    BOOST_TEST(list.invalid_lines.size() == 4096U);
    BOOST_TEST(parse(std::string(10'000'000, '\0')).invalid_lines.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_empty_file_has_no_commands) {
    for (auto const* const text : {"", "\n", "# only this", "\xEF\xBB\xBF"}) {
        auto const list = parse(text);
        BOOST_TEST(list.commands.empty());
        BOOST_TEST(list.valid_lines.empty());
        BOOST_TEST(list.diagnostics.empty());
    }
}

BOOST_AUTO_TEST_CASE(options_in_a_comment_are_told) {
    auto const said = [](std::string_view text) {
        auto const list = parse_command_list(text, "c.sh", {});
        std::string all;
        for (auto const& one : list.diagnostics) {
            all += std::to_string(one.line) + ": " + one.what + " | " + one.hint + "\n";
        }
        return all;
    };
    for (std::string_view const line : {"# : timeout=5s", "#  : timeout=5s  nice=5", "# timeout=5s",
                                        "#timeout=5s", " #; timeout=5s", "## timeout=5s"}) {
        auto const found = said(std::string(line) + "\ntrafikito_x=\"df\"\n");
        BOOST_TEST(found.find("1: this is a comment, and the options in it") == 0U, line);
        BOOST_TEST(found.find("Write #: timeout=5s") != std::string::npos, line);
    }
    for (std::string_view const line :
         {"#: timeout=5s", "# options: timeout=5s", "# e.g. #: timeout=5s", "# df", "#", "# x=1",
          "# timeout=5s is what it had", "# timeout=5s\n", "#   #: timeout=5s"}) {
        BOOST_TEST(said(std::string(line) + "\ntrafikito_x=\"df\"\n") == "", line);
    }
}

BOOST_AUTO_TEST_SUITE_END()
