#include "config/assignments.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace config = trafikito::config;
using namespace trafikito::config;

namespace {

config::assignments parse(std::string_view text) {
    return parse_assignments(text, "t.cfg");
}

/// The value of a key, or why there is none.
std::string value(config::assignments const& from, std::string_view key) {
    for (auto const& one : from.list) {
        if (one.key == key) {
            return one.broken ? "(broken)" : one.value;
        }
    }
    return "(not set)";
}

/// The value that a line gives to the key server_id, which has to be read without a word.
std::string clean(std::string_view line) {
    auto const from = parse(line);
    BOOST_TEST(from.diagnostics.empty(),
               line << ": " << (from.diagnostics.empty() ? "" : from.diagnostics[0].format()));
    return value(from, "server_id");
}

/// The only diagnostic.
config::diagnostic complaint(std::string_view text) {
    auto const from = parse(text);
    BOOST_REQUIRE_MESSAGE(from.diagnostics.size() == 1, text.substr(0, 80)
                                                            << ": " << from.diagnostics.size());
    return from.diagnostics[0];
}

} // namespace

BOOST_AUTO_TEST_SUITE(assignments)

BOOST_AUTO_TEST_CASE(reads_the_way_of_the_seeds) {
    auto const from = parse("api_key = 3f0c\n"
                            "server_id = 8a1d\n"
                            "tmp_file = /opt/trafikito/var/trafikito.tmp\n"
                            "url_output = https://h/v1/agent/output\n"
                            "random_number = 17\n");
    BOOST_TEST(from.diagnostics.empty());
    BOOST_TEST(from.list.size() == 5U);
    BOOST_TEST(value(from, "api_key") == "3f0c");
    BOOST_TEST(value(from, "server_id") == "8a1d");
    BOOST_TEST(value(from, "tmp_file") == "/opt/trafikito/var/trafikito.tmp");
    BOOST_TEST(value(from, "url_output") == "https://h/v1/agent/output");
    BOOST_TEST(value(from, "random_number") == "17");
}

BOOST_AUTO_TEST_CASE(reads_the_way_of_later_installations) {
    auto const from = parse("export API_KEY=3f0c\n"
                            "export SERVER_ID=\"8a1d\"\n"
                            "export RUNAS=\"nobody\"\n"
                            "export WORKSPACE_ID=\"w\"\n"
                            "TMP_FILE=/var/tmp/t\n");
    BOOST_TEST(from.diagnostics.empty());
    BOOST_TEST(value(from, "api_key") == "3f0c");
    BOOST_TEST(value(from, "server_id") == "8a1d");
    BOOST_TEST(value(from, "run_as") == "nobody");
    BOOST_TEST(value(from, "workspace_id") == "w");
    BOOST_TEST(value(from, "tmp_file") == "/var/tmp/t");
}

BOOST_AUTO_TEST_CASE(reads_both_ways_in_one_file) {
    auto const from = parse("# mine\n\nserver_id = 8a1d\nexport API_KEY='3f0c'\n\tinterval=5s\n");
    BOOST_TEST(from.diagnostics.empty());
    BOOST_TEST(value(from, "server_id") == "8a1d");
    BOOST_TEST(value(from, "api_key") == "3f0c");
    BOOST_TEST(value(from, "interval") == "5s");
}

BOOST_AUTO_TEST_CASE(reads_values_as_they_are_meant) {
    struct {
        char const* line;
        char const* expected;
    } const table[] = {
        {"server_id = a b", "a b"},
        {"server_id = a   # why", "a"},
        {"server_id = a#b", "a#b"},
        {"server_id = \"a # b\" # c", "a # b"},
        {"server_id = 'a'", "a"},
        {"server_id = a\"b", "a\"b"},
        {"server_id = \"\"", ""},
        {"server_id =", ""},
        {"server_id = # nothing", ""},
        {"server_id = $HOME `x` \\n", "$HOME `x` \\n"},
        {"server_id = \"a\\b\"", "a\\b"},
        {"server_id =a", "a"},
        {"server_id= a", "a"},
        {"  \t server_id\t=\ta\t", "a"},
        {"server_id=", ""},
        {"server_id=a#b", "a#b"},
        {"server_id=#b", "#b"},
        {"server_id=a # b", "a"},
        {"server_id=a=b", "a=b"},
        {"server_id=\"a # b\"", "a # b"},
        {"server_id=\"\"", ""},
        {"server_id='a b' # c", "a b"},
        {"server_id=\"a\"'b'c", "abc"},
        {"server_id=a\\ b", "a b"},
        {"server_id=\"\\$\\`\\\"\\\\\\n\"", "$`\"\\\\n"},
        {"server_id='$HOME `x` \\n'", "$HOME `x` \\n"},
        {"server_id=\"5$\"", "5$"},
        {"server_id=\"5$ a\"", "5$ a"},
        {"server_id=https://h/?a=1&b=2", "https://h/?a=1&b=2"},
        {"export server_id=a", "a"},
        {"export\tserver_id=\"a\"  # b", "a"},
        {"  export   server_id='a&b'", "a&b"},
        {"export server_id = a", "a"},
        {"Server_ID = a", "a"},
        {"server_id = \xC3\xA4", "\xC3\xA4"},
    };
    for (auto const& row : table) {
        BOOST_TEST(clean(row.line) == row.expected, row.line);
        BOOST_TEST(clean(std::string(row.line) + "\r\n") == row.expected, row.line << " (CRLF)");
    }
}

BOOST_AUTO_TEST_CASE(reads_a_byte_order_mark_crlf_and_a_missing_final_newline) {
    auto const from = parse("\xEF\xBB\xBF"
                            "api_key = a\r\n\r\nexport SERVER_ID=\"b\"\r\ninterval = 5s");
    BOOST_TEST(from.diagnostics.empty());
    BOOST_TEST(value(from, "api_key") == "a");
    BOOST_TEST(value(from, "server_id") == "b");
    BOOST_TEST(value(from, "interval") == "5s");
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_nothing) {
    for (auto const* const text : {"", "\n", "\r\n\r\n", "# a\n", "   ", "\xEF\xBB\xBF"}) {
        auto const from = parse(text);
        BOOST_TEST(from.list.empty());
        BOOST_TEST(from.diagnostics.empty());
    }
}

BOOST_AUTO_TEST_CASE(knows_line_and_column_of_key_and_value) {
    auto const from = parse("\n  export API_KEY=\"3f0c\"\nserver_id  =   8a1d\n");
    BOOST_REQUIRE_EQUAL(from.list.size(), 2U);
    BOOST_TEST(from.list[0].line == 2U);
    BOOST_TEST(from.list[0].column == 10U);
    BOOST_TEST(from.list[0].value_column == 19U);
    BOOST_TEST(from.list[1].line == 3U);
    BOOST_TEST(from.list[1].column == 1U);
    BOOST_TEST(from.list[1].value_column == 16U);
}

BOOST_AUTO_TEST_CASE(refuses_a_quote_that_is_not_closed) {
    struct {
        char const* line;
        std::size_t column;
    } const table[] = {{"api_key = \"3f0c", 11},      {"api_key = '3f0c", 11},
                       {"export API_KEY=\"3f0c", 16}, {"API_KEY='3f0c", 9},
                       {"API_KEY=ab\"3f0c", 11},      {"API_KEY=\"3f0c\\\"", 9}};
    for (auto const& row : table) {
        auto const one = complaint(row.line);
        BOOST_TEST((one.level == config::diagnostic::severity::error));
        BOOST_TEST(one.what.find("not closed") != std::string::npos, one.what);
        BOOST_TEST(one.column == row.column, row.line);
        BOOST_TEST(one.format().find("3f0c") == std::string::npos);
        BOOST_TEST(value(parse(row.line), "api_key") == "(broken)");
    }
}

BOOST_AUTO_TEST_CASE(refuses_text_behind_a_value) {
    struct {
        char const* line;
        std::size_t column;
    } const table[] = {{"server_id = \"a\" b", 17},
                       {"server_id = 'a'b", 16},
                       {"server_id=a b", 13},
                       {"server_id=\"a\" b", 15},
                       {"export server_id=a B=2", 20}};
    for (auto const& row : table) {
        auto const one = complaint(row.line);
        BOOST_TEST(one.what == "there is text behind the value of server_id");
        BOOST_TEST(one.column == row.column, row.line);
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_a_shell_would_expand) {
    struct {
        char const* line;
        std::size_t column;
    } const table[] = {{"export API_KEY=$KEY", 16}, {"API_KEY=\"a$KEY\"", 11},
                       {"API_KEY=${KEY}", 9},       {"API_KEY=$(cat key)", 9},
                       {"API_KEY=`cat`", 9},        {"export API_KEY=\"`cat key`\"", 17},
                       {"TMP_FILE=~/t", 10},        {"API_KEY=$1", 9},
                       {"API_KEY=\"\\\\$KEY\"", 12}};
    for (auto const& row : table) {
        auto const one = complaint(row.line);
        BOOST_TEST(one.what.starts_with("a shell would expand the "), one.what);
        BOOST_TEST(one.column == row.column, row.line);
    }
}

BOOST_AUTO_TEST_CASE(refuses_operators_of_a_shell_behind_export) {
    for (auto const* const line :
         {"export A_B=x;", "export A_B=x&y", "export A_B=x|y", "export A_B=<x"}) {
        BOOST_TEST(complaint(line).what.starts_with("a shell would not take the "), line);
    }
}

BOOST_AUTO_TEST_CASE(refuses_a_line_that_goes_on_below) {
    BOOST_TEST(complaint("export API_KEY=a\\").what == "the line ends in a backslash");
}

BOOST_AUTO_TEST_CASE(refuses_a_placeholder_that_was_not_replaced) {
    for (auto const* const line : {"api_key = {{API_KEY}}", "export API_KEY=\"{{API_KEY}}\"",
                                   "API_KEY='{{ api_key }}'", "api_key = x{{A}}y"}) {
        auto const one = complaint(line);
        BOOST_TEST((one.level == config::diagnostic::severity::error));
        BOOST_TEST(one.what == "the installation did not replace the {{...}} of api_key", line);
        BOOST_TEST(value(parse(line), "api_key") == "(broken)");
    }
    BOOST_TEST(clean("server_id = {{") == "{{");
    BOOST_TEST(clean("server_id = }}{{") == "}}{{");
}

BOOST_AUTO_TEST_CASE(the_last_line_wins_and_a_warning_names_the_first) {
    auto const from = parse("api_key = a\ninterval = 5s\nexport API_KEY=b\n");
    BOOST_TEST(value(from, "api_key") == "b");
    BOOST_TEST(from.list.size() == 2U);
    BOOST_REQUIRE_EQUAL(from.diagnostics.size(), 1U);
    BOOST_TEST(from.diagnostics[0].format() ==
               "t.cfg:3:8: warning: api_key is set again; line 1 does not count\n"
               "    Remove one of the two: the last one holds.");
}

BOOST_AUTO_TEST_CASE(an_alias_is_the_same_key) {
    auto const from = parse("run_as = a\nexport RUNAS=b\n");
    BOOST_TEST(value(from, "run_as") == "b");
    BOOST_TEST(from.diagnostics.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_broken_line_that_comes_last_does_not_bring_the_first_back) {
    auto const from = parse("api_key = a\napi_key = \"b\n");
    BOOST_TEST(value(from, "api_key") == "(broken)");
}

BOOST_AUTO_TEST_CASE(refuses_lines_that_are_no_assignment_without_showing_them) {
    struct {
        char const* line;
        std::size_t column;
    } const table[] = {{"3f0c", 1},     {"api_key", 8},       {"api_key 3f0c", 9},   {"= 3f0c", 1},
                       {"3f0c = x", 1}, {". /etc/3f0c", 1},   {"api-key = 3f0c", 4}, {"set -a", 5},
                       {"export", 7},   {"export = 3f0c", 8}, {"api_key: 3f0c", 8},  {"[3f0c]", 1}};
    for (auto const& row : table) {
        auto const one = complaint(row.line);
        BOOST_TEST(one.what == "this is not `key = value`; the line is not read", row.line);
        BOOST_TEST(one.column == row.column, row.line);
        BOOST_TEST(one.format().find("3f0c") == std::string::npos);
        BOOST_TEST(parse(row.line).list.empty(), row.line);
    }
    BOOST_TEST(complaint(std::string(65, 'k') + " = v").column == 1U);
}

BOOST_AUTO_TEST_CASE(export_of_names_alone_says_nothing) {
    auto const from =
        parse("API_KEY=a\nSERVER_ID=b\nexport API_KEY SERVER_ID # both\nexport API_KEY\n");
    BOOST_TEST(from.diagnostics.empty());
    BOOST_TEST(value(from, "api_key") == "a");
    BOOST_TEST(value(from, "server_id") == "b");
}

BOOST_AUTO_TEST_CASE(refuses_nul_and_control_characters) {
    using namespace std::string_view_literals;
    auto const nul = complaint("api_key = 3f\0c\ninterval = 5s\n"sv);
    BOOST_TEST(nul.what == "a NUL byte: this is not a text file");
    BOOST_TEST(nul.line == 1U);
    BOOST_TEST(nul.column == 13U);
    BOOST_TEST(value(parse("a = \0\ninterval = 5s\n"sv), "interval") == "5s");
    BOOST_TEST(complaint("api_key = a\x1b[0m").what == "a control character (\"\\x1b\")");
    BOOST_TEST(complaint("api_key = a\rb").column == 12U);
}

BOOST_AUTO_TEST_CASE(refuses_lines_over_8_kib) {
    std::string const head = "server_id = ";
    auto const longest = head + std::string(8192 - head.size(), 'a');
    BOOST_TEST(clean(longest).size() == 8192 - head.size());
    BOOST_TEST(clean(longest + "\r\n").size() == 8192 - head.size());
    auto const one = complaint(longest + "a\ninterval = 5s");
    BOOST_TEST(one.what == "the line is longer than 8192 bytes");
    BOOST_TEST(one.line == 1U);
    BOOST_TEST(value(parse(longest + "a\ninterval = 5s"), "interval") == "5s");
}

BOOST_AUTO_TEST_CASE(reads_ten_megabytes) {
    constexpr std::size_t size = 10'000'000;
    std::string good = "server_id = first\n";
    while (good.size() < size) {
        good += "# a comment of forty characters or so\n";
    }
    good += "api_key = last";
    auto const from = parse(good);
    BOOST_TEST(from.diagnostics.empty());
    BOOST_TEST(value(from, "api_key") == "last");

    BOOST_TEST(parse(std::string(size, 'x')).diagnostics.size() == 1U);
    BOOST_TEST(parse(std::string(size, '\0')).diagnostics.size() == 1U);
}

BOOST_AUTO_TEST_CASE(says_no_more_than_a_hundred_things_about_a_file_of_garbage) {
    std::string garbage;
    for (int i = 0; i < 1'000'000; ++i) {
        garbage += "garbage!!\n";
    }
    auto const from = parse(garbage);
    BOOST_TEST(from.diagnostics.size() == max_diagnostics + 1);
    BOOST_TEST(from.diagnostics.back().what == "999900 more problems are not shown");
    BOOST_TEST(from.list.empty());
}

BOOST_AUTO_TEST_CASE(many_different_keys_stay_linear) {
    std::string text;
    for (int i = 0; i < 200'000; ++i) {
        text += "key_" + std::to_string(i) + " = " + std::to_string(i) + "\n";
    }
    auto const from = parse(text);
    BOOST_TEST(from.list.size() == 200'000U);
    BOOST_TEST(from.diagnostics.empty());
}

BOOST_AUTO_TEST_SUITE_END()
