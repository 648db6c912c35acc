#include "config/expansions.hpp"

#include "config/command_list.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace trafikito;

namespace {

std::vector<std::string> const env{"SITE=a$b", "EMPTY="};

/// `OFFSET:HINT` of each, one behind the other.
std::string lost(std::string_view text) {
    std::string all;
    for (auto const& one : config::find_lost_expansions(text, env)) {
        all += (all.empty() ? "" : " ") + std::to_string(one.offset) + ":" +
               one.hint.substr(6, std::min(one.hint.find(' ', 6), one.hint.size() - 1) - 6);
    }
    return all;
}

bool says(std::string_view text, std::string_view words) {
    auto const found = config::find_lost_expansions(text, env);
    return found.size() == 1 && found[0].what.find(words) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(expansions)

BOOST_AUTO_TEST_CASE(a_field_of_awk_is_lost_single_quotes_or_not) {
    BOOST_TEST(lost("df -P / | awk '{print $5}'") == "22:\\$5");
    BOOST_TEST(lost("awk '{print $1,$NF}'") == "12:\\$1 15:\\$NF");
    BOOST_TEST(lost("x ${12} $12") == "2:\\${12} 8:\\$1");
    BOOST_TEST(says("$5", "nothing in its place"));
    BOOST_TEST(says("$0", "its own name in its place"));
}

BOOST_AUTO_TEST_CASE(two_dollars_are_the_process_id_of_the_shell) {
    BOOST_TEST(lost("awk '{print $$6}'") == "12:\\$6,");
    BOOST_TEST(says("$$6", "its own process id in its place"));
    BOOST_TEST(lost("${$} ${$ }") == "0:\\${$} 5:\\${$…}");
}

BOOST_AUTO_TEST_CASE(special_parameters_are_the_first_shells) {
    BOOST_TEST(lost("false; echo $?") == "12:\\$?");
    BOOST_TEST(lost("$@ $* $# $! $-") == "0:\\$@ 3:\\$* 6:\\$# 9:\\$! 12:\\$-");
    BOOST_TEST(lost("${#}") == "0:\\${#}");
}

BOOST_AUTO_TEST_CASE(a_variable_that_nobody_sets_is_lost) {
    BOOST_TEST(lost("x=1; echo $x") == "10:\\$x");
    BOOST_TEST(lost("for f in /proc/[1-9]*; do cat $f/stat; done") == "30:\\$f");
    BOOST_TEST(lost("echo ${name} ${#name} ${name%.*} ${name:?no}") ==
               "5:\\${name} 13:\\${#name} 22:\\${name…} 33:\\${name…}");
    BOOST_TEST(says("$x", "not set"));
}

BOOST_AUTO_TEST_CASE(what_is_escaped_reaches_the_command) {
    BOOST_TEST(lost(R"(awk '{print \$5, \$\$6}')") == "");
    BOOST_TEST(lost(R"(x=1; echo \$x \${x})") == "");
    BOOST_TEST(lost(R"(\\$5)") == "2:\\$5"); // that is a backslash, and a `$`
    BOOST_TEST(lost(R"(\\\$5)") == "");
    BOOST_TEST(lost(R"(\n$5)") == "2:\\$5");
}

BOOST_AUTO_TEST_CASE(what_the_agent_the_shell_or_command_env_sets_is_meant) {
    BOOST_TEST(lost("$HOME/x $BASEDIR ${USER} $PATH $LANG $LC_ALL $PWD $PPID") == "");
    BOOST_TEST(lost("$SITE ${EMPTY} ${SITE#a}") == "");
    BOOST_TEST(lost("$SITES $HOMES $home") == "0:\\$SITES 7:\\$HOMES 14:\\$home");
}

BOOST_AUTO_TEST_CASE(a_default_is_meant) {
    BOOST_TEST(lost("${X:-1} ${X-1} ${X:=1} ${X=1} ${X:+1} ${X+1} ${1:-a}") == "");
    BOOST_TEST(lost("${X:-$Y}") == "5:\\$Y");
}

BOOST_AUTO_TEST_CASE(a_dollar_alone_is_one) {
    BOOST_TEST(lost("grep -E 'x$' f; echo 5$ $. $/ a$'") == "");
    BOOST_TEST(lost("$") == "");
    BOOST_TEST(lost("${") == "");
    BOOST_TEST(lost("${}") == "");
    BOOST_TEST(lost("\\") == "");
}

BOOST_AUTO_TEST_CASE(a_substitution_is_a_command_of_its_own) {
    BOOST_TEST(lost("echo $(df / | awk '{print $5}') $5") == "32:\\$5");
    BOOST_TEST(lost("echo `df / | awk '{print $5}'` $5") == "31:\\$5");
    BOOST_TEST(lost("echo $(x=1; echo $x; false; echo $?)") == "");
    BOOST_TEST(lost("echo $(awk {print\\ $5})") == "19:\\$5");
    BOOST_TEST(lost("echo $( (echo a) | cat ) $x") == "25:\\$x");
    BOOST_TEST(lost("echo $((1 + $x)) $((2 * 3))") == "12:\\$x");
    for (auto const* open : {"$(", "`", "$('", "`\\", "$(`", "$((", "$(')"}) {
        BOOST_TEST(lost(open) == "");
    }
}

BOOST_AUTO_TEST_CASE(what_is_shown_of_a_line_cannot_speak_to_a_terminal) {
    for (auto const& one :
         config::find_lost_expansions("${x\x1b[2J} ${x\r\t} ${1\x1b} $\x1b ${\x1b}", {})) {
        BOOST_TEST((one.what + one.hint).find_first_of("\x1b\r\t\n") == std::string::npos);
    }
    auto const many = config::find_lost_expansions("$" + std::string(1000, 'x'), {});
    BOOST_REQUIRE(many.size() == 1U);
    BOOST_TEST(many[0].what.size() < 200U);
}

BOOST_AUTO_TEST_CASE(no_more_than_eight_are_told) {
    std::string many;
    for (int count = 0; count < 100; ++count) {
        many += "$1 ";
    }
    BOOST_TEST(config::find_lost_expansions(many, {}).size() == 8U);
}

BOOST_AUTO_TEST_CASE(the_list_warns_with_line_and_column_and_runs_it_all_the_same) {
    auto const list = config::parse_command_list(
        "# comment\ntrafikito_used=\"df -P / | awk '{print $5}'\"\n", "list", env);
    BOOST_REQUIRE(list.diagnostics.size() == 1U);
    auto const& one = list.diagnostics[0];
    BOOST_TEST(one.format() == "list:2:39: warning: $5 does not reach the command: a shell that "
                               "reads this line puts nothing in its place\n    Write \\$5.");
    BOOST_TEST(!config::has_errors(list.diagnostics));
    BOOST_TEST(list.commands.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
