#include "config/command_definition.hpp"

#include <boost/test/unit_test.hpp>

#include <regex>
#include <string>

namespace config = trafikito::config;
using namespace trafikito::config;

namespace {

valid_line valid(std::string_view line) {
    auto const result = parse_command_definition(line);
    auto const* const found = std::get_if<valid_line>(&result);
    BOOST_REQUIRE_MESSAGE(found != nullptr, line << " is not valid");
    return *found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_definition)

BOOST_AUTO_TEST_CASE(takes_a_line_apart) {
    auto const line = valid("trafikito_df_h=\"df -h | tail\"  ");
    BOOST_TEST(line.name == "trafikito_df_h");
    BOOST_TEST(line.text == "df -h | tail");
    BOOST_TEST(line.assignment == "trafikito_df_h=\"df -h | tail\"  ");
    BOOST_TEST(!line.escapes_its_quote);
}

BOOST_AUTO_TEST_CASE(leaves_the_text_to_the_shell) {
    for (auto const* const text : {"awk '{print \\$5}'", "$HOME", "`date`", "a\\\\", "# no comment",
                                   " ", "=", "\xff\xfe", "a;b&&c"}) {
        BOOST_TEST(valid("trafikito_x=\"" + std::string(text) + "\"").text == text);
    }
}

BOOST_AUTO_TEST_CASE(a_carriage_return_does_not_reach_the_shell) {
    BOOST_TEST(valid("trafikito_x=\"a\"\r").assignment == "trafikito_x=\"a\"");
    BOOST_TEST(valid("trafikito_x=\"a\" \r").assignment == "trafikito_x=\"a\" ");
    BOOST_TEST(valid("trafikito_x=\"a\"\r\t\r").assignment == "trafikito_x=\"a\"");
}

BOOST_AUTO_TEST_CASE(says_why_and_where_a_line_is_invalid) {
    struct {
        char const* line;
        std::size_t column;
        char const* what;
    } const table[] = {
        {"uptime=\"uptime\"", 1, "the name does not begin with trafikito_"},
        {"TRAFIKITO_x=\"a\"", 1, "the name does not begin with trafikito_"},
        {"trafikito", 1, "the name does not begin with trafikito_"},
        {"trafikito_=\"a\"", 11, "there is no name behind trafikito_"},
        {"trafikito_", 11, "there is no name behind trafikito_"},
        {" trafikito_x=\"a\"", 1, "there are blanks in front of the name"},
        {"export trafikito_x=\"a\"", 1, "`export` in front of the name"},
        {"exporttrafikito_x=\"a\"", 1, "the name does not begin with trafikito_"},
        {"trafikito_x", 12, "there is no =\"COMMAND\" behind the name"},
        {"trafikito_x \"a\"", 12, "there is no = behind the name"},
        {"trafikito_x =\"a\"", 12, "there are blanks around the ="},
        {"trafikito_x= \"a\"", 13, "there are blanks around the ="},
        {"trafikito_x-y=\"a\"", 12, "a name has letters, digits and _ only"},
        {"trafikito_\xC3\xA4=\"a\"", 11, "there is no name behind trafikito_"},
        {"trafikito_x=", 13, "there is no command behind the ="},
        {"trafikito_x=\r", 13, "there is no command behind the ="},
        {"trafikito_x='a'", 13, "the command stands in single quotes"},
        {"trafikito_x=uptime", 13, "there is no double quote in front of the command"},
        {"trafikito_x=\"a", 13, "the double quote that opens here is not closed on this line"},
        {"trafikito_x=\"\"", 14, "the command is empty"},
        {"trafikito_x=\"a\" # b", 17, "there is text behind the closing quote"},
        {"trafikito_x=\"a\";", 16, "there is text behind the closing quote"},
        {"trafikito_x=\"a \"b\" c\"", 16, "there is a double quote inside the command"},
        {"trafikito_x=\"echo \\\"b\\\"\"", 20, "there is a double quote inside the command"},
    };
    for (auto const& row : table) {
        auto const result = parse_command_definition(row.line);
        auto const* const problem = std::get_if<line_problem>(&result);
        BOOST_REQUIRE_MESSAGE(problem != nullptr, row.line << " is valid");
        BOOST_TEST(problem->what == row.what, row.line << ": " << problem->what);
        BOOST_TEST(problem->column == row.column, row.line);
        BOOST_TEST(!problem->hint.empty(), row.line);
    }
}

BOOST_AUTO_TEST_CASE(refuses_a_nul_byte) {
    using namespace std::string_view_literals;
    auto const result = parse_command_definition("trafikito_x=\"a\0b\""sv);
    auto const* const problem = std::get_if<line_problem>(&result);
    BOOST_REQUIRE(problem != nullptr);
    BOOST_TEST(problem->column == 15U);
    BOOST_TEST(problem->what.starts_with("a NUL byte"));
}

BOOST_AUTO_TEST_CASE(refuses_a_line_over_8_kib) {
    std::string const head = "trafikito_x=\"";
    auto const longest = head + std::string(8192 - head.size() - 1, 'a') + '"';
    BOOST_TEST(valid(longest).assignment.size() == 8192U);
    auto const result = parse_command_definition(longest + ' ');
    BOOST_REQUIRE(std::holds_alternative<line_problem>(result));
    BOOST_TEST(std::get<line_problem>(result).what == "the line is longer than 8192 bytes");
}

BOOST_AUTO_TEST_CASE(sees_a_backslash_that_takes_the_closing_quote) {
    BOOST_TEST(valid("trafikito_x=\"a\\\"").escapes_its_quote);
    BOOST_TEST(!valid("trafikito_x=\"a\\\\\"").escapes_its_quote);
    BOOST_TEST(valid("trafikito_x=\"a\\\\\\\"").escapes_its_quote);
    BOOST_TEST(valid("trafikito_x=\"\\\"").escapes_its_quote);
    BOOST_TEST(!valid("trafikito_x=\"\\\\\"").escapes_its_quote);
}

BOOST_AUTO_TEST_CASE(valid_is_what_the_expression_of_the_protocol_matches) {
    std::regex const expression("^trafikito_[a-zA-Z0-9_]+=\"[^\"]+\"[[:space:]]*$");
    // Every line of up to five of these pieces, behind what lines begin with.
    std::string_view const pieces[] = {"x", "=", "\"", " ", "\r", "'"};
    std::size_t valid_lines = 0;
    for (std::string const head : {"", "trafikito_", "trafikito_x=", "trafikito_x=\"x"}) {
        std::size_t combinations = 1;
        for (std::size_t length = 0; length <= 5; ++length, combinations *= std::size(pieces)) {
            for (std::size_t number = 0; number < combinations; ++number) {
                auto line = head;
                auto rest = number;
                for (std::size_t i = 0; i < length; ++i, rest /= std::size(pieces)) {
                    line += pieces[rest % std::size(pieces)];
                }
                bool const ours =
                    std::holds_alternative<valid_line>(parse_command_definition(line));
                bool const theirs = std::regex_match(line, expression);
                valid_lines += theirs ? 1 : 0;
                if (ours != theirs) {
                    BOOST_ERROR(line << ": " << ours << " instead of " << theirs);
                }
            }
        }
    }
    BOOST_TEST(valid_lines > 1000U);
}

BOOST_AUTO_TEST_SUITE_END()
