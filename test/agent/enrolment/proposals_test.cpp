#include "agent/enrolment/proposals.hpp"

#include "net/api/default_commands.hpp"

#include <boost/test/unit_test.hpp>

using trafikito::agent::enrolment::judge_list;

namespace {

constexpr auto mark = "# not proposed by this machine: ";

} // namespace

BOOST_AUTO_TEST_SUITE(proposals)

BOOST_AUTO_TEST_CASE(every_default_command_is_taken_in_both_forms) {
    std::string all;
    std::string earlier;
    for (auto const& one : trafikito::net::api::default_commands) {
        auto const line = [&](std::string_view text) {
            return std::string(one.name) + "=\"" + std::string(text) + "\"\n";
        };
        all += line(one.line);
        earlier += line(one.earlier.empty() ? one.line : one.earlier);
    }
    BOOST_TEST(judge_list(all).text == all);
    BOOST_TEST(judge_list(all).commands == trafikito::net::api::default_commands.size());
    BOOST_TEST(judge_list(earlier).text == earlier);
    BOOST_TEST(judge_list(all).strange.empty());
}

BOOST_AUTO_TEST_CASE(anything_else_becomes_a_comment) {
    for (std::string const line :
         {"trafikito_free=\"free; id\"", "trafikito_free=\"uptime\"", "trafikito_other=\"free\"",
          "trafikito_free=\"free\" id", "trafikito_free='free'", "trafikito_free=free",
          " trafikito_free=\"free\"", "trafikito_free=\"free\"\"", "trafikito_free=\"\"",
          "trafikito_free=\"", "id", "#: user=root", "x #"}) {
        auto const judged = judge_list(line + "\n");
        BOOST_TEST(judged.text == mark + line + "\n");
        BOOST_TEST(judged.commands == 0U);
        BOOST_TEST(judged.strange.size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(line_ends_are_those_of_the_file) {
    BOOST_TEST(judge_list("trafikito_free=\"free\"\r\n\r\n# a\r\n").text ==
               "trafikito_free=\"free\"\n\n# a\n");
    BOOST_TEST(judge_list("# a\rtrafikito_x=\"id\"").text == "# a?trafikito_x=\"id\"\n");
    BOOST_TEST(judge_list("").text == "");
}

BOOST_AUTO_TEST_CASE(what_nobody_sees_is_made_visible) {
    BOOST_TEST(judge_list("# \x1B[2J\xE2\x80\xAE x\n").text == "# ?[2J??? x\n");
    BOOST_TEST(judge_list(std::string("id\0\n", 4)).text == mark + std::string("id?\n"));
}

BOOST_AUTO_TEST_CASE(a_name_is_taken_once) {
    auto const judged = judge_list("trafikito_lsof_count_open_files=\"lsof | wc -l\"\n"
                                   "trafikito_lsof_count_open_files=\"lsof -nP -w | wc -l\"\n");
    BOOST_TEST(judged.text == "trafikito_lsof_count_open_files=\"lsof | wc -l\"\n");
    BOOST_TEST(judged.commands == 1U);
}

BOOST_AUTO_TEST_CASE(a_flood_is_cut_and_counted) {
    std::string flood;
    for (int i = 0; i < 100'000; ++i) {
        flood += "x\n# comment\n\n";
    }
    auto const judged = judge_list(flood + std::string(500'000, 'y'));
    BOOST_TEST(judged.text.size() < 16'384U);
    BOOST_TEST(judged.strange.size() + judged.more_strange == 100'001U);
    BOOST_TEST(judged.text.ends_with("more lines, left out\n"));
}

BOOST_AUTO_TEST_SUITE_END()
