// values.conf: what an administrator writes, and what he is told of a slip.
#include "server/values/rules_text.hpp"

#include "server/values/explain.hpp"
#include "server/values/take.hpp"
#include "test/support/contains.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

using namespace trafikito::server::values;
using trafikito::test::contains;

std::vector<taken_value> taken(std::string const& rule, std::string const& output,
                               std::string const& before = {}) {
    auto parsed = parse_rules(rule, "values.conf");
    for (auto const& one : parsed.diagnostics) {
        BOOST_ERROR(one.format());
    }
    rules const all(std::move(parsed.list));
    counters memory;
    if (!before.empty()) {
        std::vector<command_output> const first{{"trafikito_x", before}};
        take(all, first, memory, 0);
    }
    std::vector<command_output> const second{{"trafikito_x", output}};
    return take(all, second, memory, 60'000);
}

/// The one number that it gives, as text; empty: none.
std::string number(std::string const& where, std::string const& output) {
    auto const found = taken("trafikito_x v = " + where, output);
    BOOST_TEST(found.size() <= 1U);
    return found.empty() ? "" : std::to_string(found[0].value);
}

struct wrong {
    std::size_t line;
    std::size_t column;
    std::string what;
    std::string hint;
};

wrong first_wrong(std::string const& text) {
    auto const parsed = parse_rules(text, "values.conf");
    BOOST_REQUIRE(!parsed.diagnostics.empty());
    auto const& one = parsed.diagnostics.front();
    BOOST_TEST(one.file == "values.conf");
    return {one.line, one.column, one.what, one.hint};
}

std::string const table = "NAME     READY   STATUS\n"
                          "web      2/3     Running\n"
                          "db       17      1,5%\n";

} // namespace

BOOST_AUTO_TEST_SUITE(rules_text)

BOOST_AUTO_TEST_CASE(a_cell_is_counted_as_the_original_does) {
    std::string const uptime = " 01:51:48 up 6 days,  9:21,  4 users,  load average: 0.21";
    BOOST_TEST(number("cell A11", uptime) == "0.210000");
    BOOST_TEST(number("cell a11", uptime) == "0.210000");
    BOOST_TEST(number("cell A4", uptime) == "6.000000");
    BOOST_TEST(number("cell A2", uptime) == ""); // a time is no number
    BOOST_TEST(number("cell A1", uptime) == "");
    BOOST_TEST(number("cell A12", uptime) == "");
    BOOST_TEST(number("cell B1", uptime) == "");
    std::string rows;
    for (int row = 1; row <= 30; ++row) {
        rows += std::to_string(row) + " x\n";
    }
    BOOST_TEST(number("cell Z1", rows) == "26.000000");
    BOOST_TEST(number("cell AB1", rows) == "28.000000");
}

BOOST_AUTO_TEST_CASE(a_row_is_found_by_what_it_begins_with_and_a_column_by_its_heading) {
    BOOST_TEST(number("row \"db\" column \"READY\"", table) == "17.000000");
    BOOST_TEST(number("row \"db\" column 2", table) == "17.000000");
    BOOST_TEST(number("row 3 column -2", table) == "17.000000");
    BOOST_TEST(number("row \"db\" column percentage", table) == "1.500000");
    BOOST_TEST(number("row \"web\" column \"READY\"", table) == ""); // 2/3
    BOOST_TEST(number("row \"cache\" column \"READY\"", table) == "");
    BOOST_TEST(number("row \"db\" column \"Ready\"", table) == "");
    BOOST_TEST(number("row \"db\" column 9", table) == "");
}

BOOST_AUTO_TEST_CASE(each_row_is_an_instance) {
    std::string const text = "disk  size  used on\nsda 2T 1.5T a b\nsdb 4T - c\nsdc 8T 6T d\n";
    auto const found = taken("trafikito_x used = each row column \"used\" by 1, unit B, "
                             "except \"^sdc\"",
                             text);
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0].instance == "sda");
    BOOST_TEST(found[0].value == 1.5 * 1024 * 1024 * 1024 * 1024);
    BOOST_TEST(taken("trafikito_x u = each row column 3 by rest, only \"^sd[ac]\"", text).size() ==
               2U);
    BOOST_TEST(taken("trafikito_x u = each row column 3 by rest", text).at(0).instance == "a b");
}

BOOST_AUTO_TEST_CASE(a_number_stands_before_or_behind_a_text) {
    std::string const text = "in: 5 out: 7 total\nqueue=12,13\nused 5%\n";
    BOOST_TEST(number("before \"total\"", text) == "7.000000");
    BOOST_TEST(number("before \"total\" 2", text) == "5.000000");
    BOOST_TEST(number("before \"total\" 3", text) == "");
    BOOST_TEST(number("before \"out\"", text) == "5.000000");
    BOOST_TEST(number("after \"queue\"", "queue 12 13") == "12.000000");
    BOOST_TEST(number("after \"queue\" 2", "queue 12 13") == "13.000000");
    BOOST_TEST(number("after \"used\"", text) == "5.000000");
    BOOST_TEST(number("after \"total\"", text) == ""); // of the same line
    BOOST_TEST(number("after \"nowhere\"", text) == "");
}

BOOST_AUTO_TEST_CASE(an_expression_gives_its_group_and_one_value_for_each_instance) {
    BOOST_TEST(number(R"re(regex "(\d+) Requests")re", "-- 12 Kbytes in 34 Requests.") ==
               "34.000000");
    BOOST_TEST(number(R"re(regex "x=(?P<value>\d+)")re", "x=5") == "5.000000");
    BOOST_TEST(number(R"re(regex "\"n\": (\d+)")re", "{\"n\": 5}") == "5.000000");
    BOOST_TEST(number(R"re(regex "no")re", "yes") == "");
    auto const found =
        taken(R"re(trafikito_x temp = regex "(?P<instance>Core \d+): +\+([\d.]+)", unit C)re",
              "Core 0:  +45.0 C\nCore 1:  +47.5 C\n");
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST(found[1].instance == "Core 1");
    BOOST_TEST(found[1].value == 47.5);
    BOOST_TEST(found[1].unit == "C");
}

BOOST_AUTO_TEST_CASE(a_pointer_leads_into_json) {
    std::string const text =
        R"({"ok":true,"a/b":{"~":3},"checks":[{"name":"db","ms":1.5},{"name":"web","ms":"250"}]})";
    BOOST_TEST(number("json /ok", text) == "1.000000");
    BOOST_TEST(number("json /a~1b/~0", text) == "3.000000");
    BOOST_TEST(number("json /checks/0/ms", text) == "1.500000");
    BOOST_TEST(number("json /checks/7/ms", text) == "");
    BOOST_TEST(number("json /checks", text) == "");
    BOOST_TEST(number("json /ok", "{\"ok\":") == "");
    auto const found = taken("trafikito_x latency = json /checks/*/ms by /name, unit ms", text);
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST(found[0].instance == "db");
    BOOST_TEST(found[0].value == 0.0015);
    BOOST_TEST(found[1].instance == "web");
    BOOST_TEST(found[1].unit == "s");
}

BOOST_AUTO_TEST_CASE(a_formula_computes_out_of_other_values) {
    auto const found = taken("trafikito_x _total = after \"total\"\n"
                             "trafikito_x used = formula -(2 - 5) * 100 / (_total + 20), unit %\n",
                             "total 40");
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0].name == "used");
    BOOST_TEST(found[0].value == 5);
    BOOST_TEST(taken("trafikito_x a = after \"a\"\ntrafikito_x b = formula 1 / a", "a 0").size() ==
               1U);
    BOOST_TEST(taken("trafikito_x b = formula 1 + nowhere", "a 0").empty());
}

BOOST_AUTO_TEST_CASE(a_counter_gives_by_how_much_it_grew) {
    auto const found = taken("trafikito_x forks = number, counter, unit forks", "700", "100");
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0].value == 10);
    BOOST_TEST(found[0].unit == "forks/s");
    BOOST_TEST(taken("trafikito_x forks = number, counter", "100", "700").empty());
    BOOST_TEST(taken("trafikito_x forks = number, counter", "100").empty());
}

BOOST_AUTO_TEST_CASE(the_first_rule_of_a_name_that_finds_something_counts) {
    std::string const text = "trafikito_x v = after \"new\"\ntrafikito_x v = after \"old\"\n";
    BOOST_TEST(taken(text, "old 1").at(0).value == 1);
    BOOST_TEST(taken(text, "old 1\nnew 2").at(0).value == 2);
}

BOOST_AUTO_TEST_CASE(an_own_rule_takes_the_place_of_ours) {
    rules const all(parse_rules("trafikito_uptime load_1 = after \"load average:\" 3, unit jobs\n"
                                "trafikito_df * = nothing\n"
                                "trafikito_top load_5 = nothing # not of it\n",
                                "")
                        .list);
    counters memory;
    std::vector<command_output> const outputs{
        {"trafikito_uptime", "load average: 1, 2, 3"},
        {"trafikito_df", "/dev/sda 98G 35G 59G 37% /\n"},
    };
    auto const found = take(all, outputs, memory, 0);
    BOOST_REQUIRE(found.size() == 3U);
    for (auto const& one : found) {
        BOOST_TEST(one.command == "trafikito_uptime");
        BOOST_TEST((one.name != "load_1" || (one.value == 3 && one.unit == "jobs")));
    }
}

BOOST_AUTO_TEST_CASE(each_slip_is_said_with_its_place) {
    auto const at = [](std::string const& text, std::size_t column, std::string const& what,
                       std::string const& hint) {
        auto const found = first_wrong("\n# a comment\n" + text + "\n");
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(found.line == 3U);
            BOOST_TEST(found.column == column);
            BOOST_TEST(contains(found.what, what), found.what);
            BOOST_TEST(contains(found.hint, hint), found.hint);
        }
    };
    at("df used = number", 1, "name of a command", "trafikito_df");
    at("trafikito_x = number", 13, "name of the value", "");
    at("trafikito_x 1st = number", 13, "name of the value", "letters");
    at("trafikito_x v number", 15, "= must follow", "COMMAND NAME = WHERE");
    at("trafikito_x v =", 16, "where the value stands is missing", "cell A3");
    at("trafikito_x v = regx \"a\"", 17, "\"regx\"", "Did you mean regex?");
    at("trafikito_x v = cell 3A", 22, "a cell must stand here", "A3");
    at("trafikito_x v = cell A0", 22, "a cell must stand here", "A3");
    at("trafikito_x v = row Mem: column 1", 21, "in double quotes", "row \"Mem:\"");
    at("trafikito_x v = row \"Mem: column 1", 21, "closing double quote", "");
    at("trafikito_x v = row \"Mem:\" used", 28, "`column` must stand here", "");
    at("trafikito_x v = row \"Mem:\" column rest", 35, "a column must stand here", "percentage");
    at("trafikito_x v = each row column 2", 34, "`by` must stand here", "");
    at("trafikito_x v = regex \"(\"", 23, "regular expression is wrong", "RE2");
    at("trafikito_x v = regex \"(a)\\1\"", 23, "regular expression is wrong", "backreferences");
    at("trafikito_x v = json a/b", 22, "JSON pointer", "slash");
    at("trafikito_x v = json /a by /b", 25, "there is one", "*");
    at("trafikito_x v = formula 1 +", 28, "must stand here", "100 * used");
    at("trafikito_x v = formula (a", 27, ") is missing", "");
    at("trafikito_x v = formula 1 2", 27, "an operator", "");
    at("trafikito_x v = formula 1", 25, "names no value", "");
    at("trafikito_x v = number unit s", 24, "a comma", "Options stand behind commas");
    at("trafikito_x v = number, unt s", 25, "no option \"unt\"", "Did you mean unit?");
    at("trafikito_x v = number, unit", 29, "a unit must stand here", "KiB");
    at("trafikito_x v = number, chart a-b", 31, "name of a chart", "");
    at("trafikito_x v = number, only \"x\"", 1, "only and except", "each row");
    at("trafikito_x v = formula a + b, counter", 1, "a formula is no counter", "");
    at("trafikito_x v = prometheus", 1, "brings its own names", "COMMAND * =");
    at("trafikito_x * = number", 1, "* is the name", "");
}

BOOST_AUTO_TEST_CASE(garbage_is_said_and_bounded) {
    BOOST_TEST(contains(first_wrong(std::string("a\0b", 3)).what, "no text"));
    BOOST_TEST(contains(first_wrong("\xff\xfe").what, "no text"));
    BOOST_TEST(contains(first_wrong(std::string(10'000, 'x')).what, "8 KiB"));
    std::string many;
    for (int line = 0; line < 5000; ++line) {
        many += "x\n";
    }
    BOOST_TEST(parse_rules(many, "").diagnostics.size() < 200U);
    many.clear();
    for (int line = 0; line < 1100; ++line) {
        many += "trafikito_x v" + std::to_string(line) + " = number\n";
    }
    auto const parsed = parse_rules(many, "");
    BOOST_TEST(parsed.list.size() == max_rules);
    BOOST_TEST(parsed.diagnostics.size() == 1U);
    std::string deep = "trafikito_x v = formula ";
    deep += std::string(200, '(') + "a" + std::string(200, ')');
    BOOST_TEST(contains(first_wrong(deep).what, "nested"));
}

BOOST_AUTO_TEST_CASE(why_a_rule_finds_nothing_is_said) {
    auto const why = [](std::string const& where, std::string_view output) {
        return why_nothing(parse_rules("trafikito_x v = " + where, "").list.at(0), output);
    };
    BOOST_TEST(contains(why("row \"cache\" column 2", table), "they begin with \"NAME\", \"web\""));
    BOOST_TEST(contains(why("row \"db\" column \"X\"", table), "there are \"NAME\", \"READY\""));
    BOOST_TEST(contains(why("cell Z1", table), "the output has 3 rows"));
    BOOST_TEST(contains(why("cell A9", table), "the row has 3 columns"));
    BOOST_TEST(contains(why("cell A1", table), "\"NAME\" stands there, which is no number"));
    BOOST_TEST(contains(why("after \"x\"", table), "\"x\" is nowhere"));
    BOOST_TEST(contains(why("after \"web\" 9", table), "or not so many"));
    BOOST_TEST(contains(why("json /a", table), "no JSON"));
    BOOST_TEST(contains(why("json /a/b", "{\"a\":{\"c\":1}}"), "\"a\" has no \"b\": it has \"c\""));
    BOOST_TEST(contains(why("regex \"y\"", table), "matches nothing"));
    BOOST_TEST(contains(why("number", " \n"), "empty"));
    // What a machine printed cannot speak to a terminal.
    BOOST_TEST(!contains(why("row \"a\" column 2", "\x1b]0;x\x07 2\n"), "\x1b"));
}

BOOST_AUTO_TEST_SUITE_END()
