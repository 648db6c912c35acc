// Suite report: its bytes, and that each command means what a shell makes of its line.
#include "test/e2e/installation.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace trafikito::test;

namespace {

struct report_fixture : pair {
    report_fixture() : pair(2) {}

    /// The report of one cycle over `names` (without prefix) of `list`.
    std::string report_of(std::string const& names, std::string const& list) {
        commands(list);
        order({{"tok " + names + " 55 0"}});
        BOOST_TEST(exited(there.once(), 0));
        return report().report;
    }

    /// The output of `x` in a report whose only section it is.
    std::string output_of(std::string const& list) {
        auto const whole = report_of("x", list);
        auto const begin = section("trafikito_x");
        BOOST_REQUIRE(whole.starts_with(begin));
        auto const end = whole.rfind(available);
        BOOST_REQUIRE(end != std::string::npos);
        return whole.substr(begin.size(), end - begin.size());
    }
};

/// Lines whose meaning depends on being read twice.
std::vector<std::string> const lines{
    R"(echo hello | tr a-z A-Z)",
    R"(printf 'a b  c\n' | awk '{print \$2}')",
    R"(printf 'a b c\n' | awk '{print $2}')",
    R"(echo $HOME '$HOME' '\$HOME')",
    R"(echo \$HOME; echo \\\$HOME)",
    R"(echo $BASEDIR $PATH; pwd)",
    R"(printf '%s|' a\\b 'a\\b' 'a\\\\b'; echo)",
    R"(printf '%s\n' 'it  is' two   words * \\*)",
    R"(echo `echo back; echo quotes`)",
    R"(echo \`echo once\` '\`')",
    R"(echo $(echo \$0 | tr a-z A-Z))",
    R"(n=3; echo \$((n * 2)) \$n)",
    R"(for i in 1 2 3; do echo \$i; done | sort -r)",
    R"(sh -c 'echo out; echo err >&2; exit 3')",
    R"(no_such_program_at_all)",
    R"(echo a & wait; echo b)",
    R"(cat <<E)",
    R"(echo 'unfinished)",
    R"(exit 7)",
    R"(echo \!; echo #not shown)",
    R"(set -- a b; echo \$# \$1 '\$2')",
    R"(cat; echo no input)",
    R"(yes | head -n 1)",
    R"(ulimit -c; umask)",
    R"(echo grün '€' | od -An -c)",
    R"(   echo leading	tab   )",
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(report, report_fixture)

BOOST_AUTO_TEST_CASE(sections_stand_in_the_order_asked_and_lines_verbatim) {
    std::string const list = "trafikito_slow=\"sleep 0.3; echo slow\"   \n"
                             "trafikito_quick=\"echo quick\"\n";
    BOOST_TEST(report_of("slow,none,quick", "#!/bin/sh\n\n" + list + "# the end\n") ==
               section("trafikito_slow") + "slow\n" + section("trafikito_none") +
                   "[trafikito-agent: not run: no such command in available_commands.sh]\n" +
                   section("trafikito_quick") + "quick\n" + std::string(available) + list);
}

BOOST_AUTO_TEST_CASE(a_missing_final_newline_is_added) {
    BOOST_TEST(report_of("x,y", "trafikito_x=\"printf end\"\ntrafikito_y=\"printf ''\"\n")
                   .starts_with(section("trafikito_x") + "end\n" + section("trafikito_y") +
                                std::string(available)));
}

BOOST_AUTO_TEST_CASE(a_forged_marker_gets_one_space_before_it) {
    BOOST_TEST(
        output_of(
            "trafikito_x=\"cat forged\"\n# " +
            there
                .write("forged",
                       section("trafikito_y") +
                           "gain\n*-*-*-*------------ Available commands:\n no *-*-*-* line\n")
                .string() +
            "\n") ==
        " " + section("trafikito_y") + "gain\n " + std::string(available) + " no *-*-*-* line\n");
}

BOOST_AUTO_TEST_CASE(every_byte_arrives_unchanged) {
    std::string bytes;
    for (int value = 0; value < 256; ++value) {
        bytes += static_cast<char>(value);
    }
    bytes += bytes + std::string(3, '\0') + "\r\n--\r\n\n";
    (void)there.write("bytes", bytes);
    BOOST_TEST(output_of("trafikito_x=\"cat bytes\"\n") == bytes);
}

BOOST_AUTO_TEST_CASE(a_large_output_arrives_whole) {
    auto const sent = output_of("trafikito_x=\"seq 1 100000\"\n");
    BOOST_TEST(sent == there.as_the_shell_has_it("trafikito_x"));
    BOOST_TEST(sent.size() == 588895U);
}

BOOST_AUTO_TEST_CASE(beyond_max_output_head_and_tail_are_kept) {
    there.environment["TRAFIKITO_MAX_OUTPUT"] = "1KiB";
    auto const sent = output_of("trafikito_x=\"seq 1 100000\"\n");
    BOOST_TEST(sent.starts_with("1\n2\n3\n"));
    BOOST_TEST(sent.find("\n[trafikito-agent: 1024 bytes kept of 588895]\n") != std::string::npos);
    BOOST_TEST(sent.ends_with("99999\n100000\n"));
    BOOST_TEST(sent.size() < 1200U);
}

BOOST_AUTO_TEST_CASE(both_streams_are_one_as_written) {
    BOOST_TEST(output_of("trafikito_x=\"echo 1; echo 2 >&2; echo 3; echo 4 >&2\"\n") ==
               "1\n2\n3\n4\n");
}

BOOST_AUTO_TEST_CASE(a_command_over_its_time_is_stopped_and_says_so) {
    there.environment["TRAFIKITO_COMMAND_TIMEOUT"] = "300ms";
    auto const output = output_of("trafikito_x=\"echo begun; sleep 1000\"\n");
    BOOST_TEST(output.starts_with("begun\n[trafikito-agent: stopped after "), output);
    BOOST_TEST(output.ends_with(" s]\n"), output);
}

BOOST_AUTO_TEST_CASE(the_last_line_of_a_name_is_the_one_that_runs) {
    BOOST_TEST(output_of("trafikito_x=\"echo first\"\ntrafikito_x=\"echo last\"\n") == "last\n");
}

BOOST_AUTO_TEST_CASE(an_option_above_a_line_holds_for_it) {
    auto const output = output_of("#: timeout=200ms\ntrafikito_x=\"sleep 1000\"\n");
    BOOST_TEST(output.starts_with("[trafikito-agent: stopped after "), output);
}

BOOST_AUTO_TEST_CASE(an_order_cannot_smuggle_in_a_command) {
    commands("trafikito_x=\"echo x\"\n");
    order({{"tok x;id,$(id),../x,x 55 0"}});
    BOOST_TEST(exited(there.once(), 0));
    auto const sent = report().report;
    BOOST_TEST(sent.find("uid=") == std::string::npos, sent);
    auto const refused = std::string("[trafikito-agent: not run: not a name of a command]\n");
    BOOST_TEST(sent == section("x;id") + refused + section("$(id)") + refused + section("../x") +
                           refused + section("trafikito_x") + "x\n" + std::string(available) +
                           "trafikito_x=\"echo x\"\n",
               sent);
}

BOOST_AUTO_TEST_CASE(an_empty_list_reports_no_commands) {
    BOOST_TEST(report_of("-", "") == available);
}

BOOST_DATA_TEST_CASE(a_line_means_what_a_shell_makes_of_it, boost::unit_test::data::make(lines),
                     line) {
    auto const sent = output_of("trafikito_x=\"" + line + "\"\n");
    auto shell = there.as_the_shell_has_it("trafikito_x");
    if (!shell.empty() && shell.back() != '\n') {
        shell += '\n';
    }
    BOOST_TEST(sent == shell);
}

BOOST_AUTO_TEST_SUITE_END()
