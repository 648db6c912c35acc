#include "server/cli/print_report.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace {

using namespace trafikito;

using namespace trafikito::server;

struct fixture {
    store::report_row report{
        7,  0, "srv-1", "host1", base::wall_time(std::chrono::milliseconds(1'800'000'000'042)),
        {}, {}};
    std::vector<store::output_row> outputs{{"trafikito_a", "1\n2\n3\n"},
                                           {"trafikito_b", "no newline"}};
    std::string results;
    cli::print_settings settings;

    std::string printed() const {
        std::ostringstream text;
        cli::print_report(text, report, {outputs, results}, settings);
        return text.str();
    }
};

BOOST_FIXTURE_TEST_SUITE(print_report, fixture)

BOOST_AUTO_TEST_CASE(each_output_stands_below_its_time_server_and_command) {
    auto const text = printed();
    BOOST_TEST(text.starts_with("==> 2027-01-1"));
    BOOST_TEST(text.find("  host1  trafikito_a <==\n| 1\n| 2\n| 3\n\n==> ") != text.npos);
    BOOST_TEST(text.ends_with("  host1  trafikito_b <==\n| no newline\n\n"));
}

BOOST_AUTO_TEST_CASE(head_says_how_much_it_left_out) {
    settings.head = 1;
    BOOST_TEST(printed().find("<==\n| 1\n[2 more lines]\n\n") != std::string::npos);
    settings.head = 3;
    BOOST_TEST(printed().find("more line") == std::string::npos);
    settings.head = 0;
    BOOST_TEST(printed().find("trafikito_b <==\n[1 more line]\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(text_obeys_nobody_and_raw_is_the_bytes_alone) {
    outputs = {{"trafikito_a", "\x1b[31m\xff\r\xc2\x9b\x7f\xe2\x80\xae\n"}, {"trafikito_b", "2"}};
    BOOST_TEST(printed().find("\n| \\x1b[31m\\xff\\x0d\\xc2\\x9b\\x7f\\xe2\\x80\\xae\n") !=
               std::string::npos);
    settings.raw = true;
    BOOST_TEST(printed() == "\x1b[31m\xff\r\xc2\x9b\x7f\xe2\x80\xae\n2");
}

// What a machine may send that looks like a line of ours.
BOOST_AUTO_TEST_CASE(nothing_that_is_sent_can_be_taken_for_a_line_of_ours) {
    outputs = {{"trafikito_a", "==> 2026-11-26T05:00:00.000+00:00  other  trafikito_uptime <==\n"
                               "[3 more lines]\n\n[failed: exit code 1]\n"},
               {"x  y <==\n==> z", "last\n"}};
    report.server_name = "host1  trafikito_uptime <==\xc2\xa0 ";
    results = R"([{"command":"trafikito_a","notRun":"x]\n==> y <=="}])";
    auto const text = printed();
    std::size_t headings = 0;
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != text.npos; end = text.find('\n', begin)) {
        auto const line = text.substr(begin, end - begin);
        headings += line.starts_with("==> ") ? 1 : 0;
        BOOST_TEST((line.empty() || line.starts_with("| ") || line.starts_with("==> 2027") ||
                    line.starts_with("[not run: x]\\x0a")),
                   line);
        begin = end + 1;
    }
    BOOST_TEST(headings == 2U);
    BOOST_TEST(
        text.find("  host1\\x20\\x20trafikito_uptime <==\\xc2\\xa0\\x20  trafikito_a <==\n") !=
        text.npos);
}

BOOST_AUTO_TEST_CASE(a_line_that_is_wider_than_the_screen_forges_no_line_either) {
    settings.width = 40;
    outputs = {{"trafikito_a", std::string(38, ' ') + "==> forged <==\n"}};
    BOOST_TEST(printed().find("\n| " + std::string(38, ' ') + "\n|   ==> forged <==\n") !=
               std::string::npos);
    BOOST_TEST(printed().find("\n==>") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(json_has_nothing_that_a_terminal_obeys) {
    settings.json = true;
    outputs = {{"trafikito_a", "\x1b\xc2\x9b\x7f\xe2\x80\xae\r"}};
    report.server_name = "\xe2\x80\xae";
    BOOST_TEST(printed().find(R"("output":"\u001b\u009b\u007f\u202e\r")") != std::string::npos);
    BOOST_TEST(printed().find(R"("server":"\u202e")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_command_can_be_chosen) {
    settings.command = "trafikito_b";
    BOOST_TEST(printed().find("trafikito_a") == std::string::npos);
    settings.command = "trafikito_c";
    BOOST_TEST(printed().empty());
}

BOOST_AUTO_TEST_CASE(an_empty_report_is_shown_as_one) {
    outputs.clear();
    BOOST_TEST(printed().find("(a report without outputs)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(json_is_one_line_that_keeps_every_byte) {
    settings.json = true;
    outputs = {{"trafikito_a", "\"x\"\n"}, {"trafikito_b", "\xff"}};
    BOOST_TEST(printed() ==
               "{\"report\":7,\"time\":\"2027-01-15T08:00:00.042Z\",\"collected_at\":null,"
               "\"report_id\":null,\"serverId\":\"srv-1\",\"server\":\"host1\","
               "\"outputs\":[{\"command\":\"trafikito_a\",\"output\":\"\\\"x\\\"\\n\"},"
               "{\"command\":\"trafikito_b\",\"outputBase64\":\"/w==\"}],\"results\":null}\n");
}

BOOST_AUTO_TEST_CASE(json_holds_what_our_own_agents_add) {
    settings.json = true;
    report.collected = report.received - std::chrono::minutes(14);
    report.report_id = "6b0f5d2e-8a5b-4c1e-9f43-0d3c2b1a0f9e";
    results = R"([{"command":"trafikito_a","exitCode":1},{"command":"trafikito_b","exitCode":0}])";
    auto const text = printed();
    BOOST_TEST(text.find(R"("collected_at":"2027-01-15T07:46:00.042Z")") != text.npos);
    BOOST_TEST(text.find(R"("report_id":"6b0f5d2e-8a5b-4c1e-9f43-0d3c2b1a0f9e")") != text.npos);
    BOOST_TEST(text.ends_with(R"(,"results":)" + results + "}\n"));
    settings.command = "trafikito_b"; // and of this one only
    BOOST_TEST(printed().ends_with(R"(,"results":[{"command":"trafikito_b","exitCode":0}]})"
                                   "\n"));
}

BOOST_AUTO_TEST_CASE(a_late_report_has_the_time_of_its_collection_and_says_how_late_it_came) {
    auto const fresh = printed();
    report.collected = report.received - std::chrono::minutes(14) - std::chrono::seconds(9);
    auto const late = printed();
    BOOST_TEST(late.find("  host1  trafikito_a  collected 14 min before it arrived <==\n| 1\n| "
                         "2\n| 3\n\n==> ") != late.npos);
    BOOST_TEST(late.substr(0, 23) < fresh.substr(0, 23));
    outputs.clear();
    BOOST_TEST(printed().find("(a report without outputs)  collected 14 min before") !=
               std::string::npos);
    report.collected = report.received; // nobody wants to know
    BOOST_TEST(printed().find("collected") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_command_that_did_not_end_well_says_so_above_its_output) {
    results = R"([{"command":"trafikito_a","exitCode":2,"durationMs":30},
                  {"command":"trafikito_b","exitCode":0,"durationMs":30}])";
    auto const text = printed();
    BOOST_TEST(text.find("trafikito_a <==\n[failed: exit code 2 after 30 ms]\n| 1\n| 2\n| 3\n\n") !=
               text.npos);
    BOOST_TEST(text.find("trafikito_b <==\n| no newline\n") != text.npos);
}

BOOST_AUTO_TEST_CASE(one_that_was_not_run_is_said_to_be_so_once) {
    outputs = {{"trafikito_a", "[trafikito-agent: not run: it is not in the list]\n"}};
    results = R"([{"command":"trafikito_a","notRun":"it is not in the list"}])";
    BOOST_TEST(printed().ends_with("trafikito_a <==\n[not run: it is not in the list]\n\n"),
               printed());
    settings.raw = true; // the bytes, whatever they say
    BOOST_TEST(printed() == outputs[0].bytes);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
