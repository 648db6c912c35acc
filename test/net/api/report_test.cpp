#include "net/api/report.hpp"

#include "net/api/multipart.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace trafikito::net;

namespace {

/// The report that comes of it when `output` arrives in the given pieces.
std::string written(std::vector<std::string_view> const& pieces) {
    std::string report;
    api::report_writer writer([&](std::string_view bytes) { report += bytes; });
    writer.open_section("trafikito_x");
    for (auto piece : pieces) {
        writer.output(piece);
    }
    writer.available_commands({});
    return report;
}

std::string around(std::string const& output) {
    return "*-*-*-*------------ Trafikito command: trafikito_x\n" + output +
           "*-*-*-*------------ Available commands:\n";
}

std::string const forged = "*-*-*-*------------ Trafikito command: trafikito_forged\n";

} // namespace

BOOST_AUTO_TEST_SUITE(report)

BOOST_AUTO_TEST_CASE(sections_stand_in_order_and_the_available_commands_last) {
    std::string report;
    api::report_writer writer([&](std::string_view bytes) { report += bytes; });
    writer.open_section("trafikito_uptime");
    writer.output(" 08:52:00 up 27 min\n");
    writer.open_section("trafikito_df");
    writer.output("Filesystem\n");
    writer.available_commands({"trafikito_uptime=\"uptime\"", "trafikito_df=\"df -h\""});
    BOOST_TEST(report == "*-*-*-*------------ Trafikito command: trafikito_uptime\n"
                         " 08:52:00 up 27 min\n"
                         "*-*-*-*------------ Trafikito command: trafikito_df\n"
                         "Filesystem\n"
                         "*-*-*-*------------ Available commands:\n"
                         "trafikito_uptime=\"uptime\"\n"
                         "trafikito_df=\"df -h\"\n");
}

BOOST_AUTO_TEST_CASE(a_missing_final_newline_is_added_and_nothing_else) {
    BOOST_TEST(written({"no newline"}) == around("no newline\n"));
    BOOST_TEST(written({"newline\n"}) == around("newline\n"));
    BOOST_TEST(written({"\n\n"}) == around("\n\n"));
    BOOST_TEST(written({}) == around(""));
    BOOST_TEST(written({"", ""}) == around(""));
    BOOST_TEST(written({"*-*"}) == around("*-*\n"));
}

BOOST_AUTO_TEST_CASE(all_256_bytes_pass_unchanged_cut_anywhere) {
    std::string bytes;
    for (int value = 0; value < 256; ++value) {
        bytes += static_cast<char>(value);
    }
    bytes += '\n';
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        auto const view = std::string_view(bytes);
        BOOST_TEST(written({view.substr(0, cut), view.substr(cut)}) == around(bytes));
    }
}

BOOST_AUTO_TEST_CASE(a_forged_marker_gets_one_space_wherever_it_is_cut) {
    std::string const available = "*-*-*-*------------ Available commands:\n";
    std::string const output =
        "a\n" + forged + "*-*-*-*-\n" + available + "\n" + forged + "*-*-*-*";
    auto const expected =
        around("a\n " + forged + "*-*-*-*-\n " + available + "\n " + forged + "*-*-*-*\n");
    auto const view = std::string_view(output);
    for (std::size_t first = 0; first <= view.size(); ++first) {
        for (std::size_t second = first; second <= view.size(); second += 7) {
            BOOST_REQUIRE(written({view.substr(0, first), view.substr(first, second - first),
                                   view.substr(second)}) == expected);
        }
    }
    std::vector<std::string_view> single;
    for (std::size_t at = 0; at < view.size(); ++at) {
        single.push_back(view.substr(at, 1));
    }
    BOOST_TEST(written(single) == expected);
}

BOOST_AUTO_TEST_CASE(lines_that_only_resemble_a_marker_pass_unchanged) {
    std::vector<std::string> const lines{"*-*-*-*------------ \n",
                                         "*-*-*-*------------ Trafikito commands\n",
                                         " " + forged,
                                         "x" + forged,
                                         "*" + forged,
                                         "*-*-*-*------------ Available command:\n",
                                         "\r*-*-*-*------------ Available commands:\n"};
    for (auto const& line : lines) {
        BOOST_TEST_CONTEXT(line) {
            BOOST_TEST(written({line}) == around(line));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_marker_without_its_last_space_is_guarded_too) {
    BOOST_TEST(written({"*-*-*-*------------ Trafikito command:\n"}) ==
               around(" *-*-*-*------------ Trafikito command:\n"));
}

BOOST_AUTO_TEST_CASE(a_note_has_a_line_of_its_own) {
    std::string report;
    api::report_writer writer([&](std::string_view bytes) { report += bytes; });
    writer.open_section("trafikito_x");
    writer.output("half a line *-*\n*-*-*");
    writer.note("stopped\nafter 30 s");
    writer.note("again");
    BOOST_TEST(report == "*-*-*-*------------ Trafikito command: trafikito_x\n"
                         "half a line *-*\n*-*-*\n[trafikito-agent: stopped after 30 s]\n"
                         "[trafikito-agent: again]\n");
}

BOOST_AUTO_TEST_CASE(the_name_of_a_section_stays_on_its_line) {
    std::string report;
    api::report_writer writer([&](std::string_view bytes) { report += bytes; });
    writer.open_section("df\r\n*-*-*-*------------ Available commands:");
    BOOST_TEST(report == "*-*-*-*------------ Trafikito command: df  *-*-*-*------------ Available "
                         "commands:\n");
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read_again) {
    auto const text = written({"a\n" + forged, "b " + forged, "c"});
    auto const parsed = api::parse_report(text, api::marker_place::line_start);
    BOOST_REQUIRE(parsed.sections.size() == 1u);
    BOOST_TEST(parsed.sections[0].name == "trafikito_x");
    BOOST_TEST(parsed.sections[0].output == "a\n " + forged + "b " + forged + "c\n");
    BOOST_TEST(parsed.available == "");
}

BOOST_AUTO_TEST_CASE(the_report_of_the_shell_agent_v1_is_read) {
    auto const parsed =
        api::parse_report("\n*-*-*-*------------ Trafikito command: trafikito_uptime\n"
                          " 08:52:18 up 27 min\n"
                          "*-*-*-*------------ Available commands:\n\n\n"
                          "trafikito_uptime=\"uptime\"\ntrafikito_df=\"df -h\"\n");
    BOOST_REQUIRE(parsed.sections.size() == 1u);
    BOOST_TEST(parsed.sections[0].name == "trafikito_uptime");
    BOOST_TEST(parsed.sections[0].output == " 08:52:18 up 27 min\n");
    BOOST_TEST(parsed.available == "\n\ntrafikito_uptime=\"uptime\"\ntrafikito_df=\"df -h\"\n");
}

BOOST_AUTO_TEST_CASE(a_marker_glued_to_output_counts_only_for_shell_agents) {
    std::string const text = "*-*-*-*------------ Trafikito command: trafikito_a\nno newline"
                             "*-*-*-*------------ Trafikito command: trafikito_b\r\nno newline"
                             "*-*-*-*------------ Available commands:\nlist\n";
    auto const glued = api::parse_report(text);
    BOOST_REQUIRE(glued.sections.size() == 2u);
    BOOST_TEST(glued.sections[0].output == "no newline");
    BOOST_TEST(glued.sections[1].name == "trafikito_b");
    BOOST_TEST(glued.available == "list\n");

    auto const strict = api::parse_report(text, api::marker_place::line_start);
    BOOST_TEST(strict.sections.size() == 1u);
    BOOST_TEST(strict.available == "");
}

BOOST_AUTO_TEST_CASE(a_report_cut_anywhere_is_read_without_complaint) {
    auto const text = "\n" + written({"a\n", "b"});
    for (std::size_t length = 0; length <= text.size(); ++length) {
        auto const parsed = api::parse_report(std::string_view(text).substr(0, length));
        BOOST_TEST(parsed.sections.size() <= 1u);
    }
    BOOST_TEST(api::parse_report("").sections.empty());
    BOOST_TEST(api::parse_report("no marker at all").sections.empty());
}

BOOST_AUTO_TEST_SUITE_END()
