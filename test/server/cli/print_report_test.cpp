#include "server/cli/print_report.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace {

using namespace trafikito;

using namespace trafikito::server;

struct fixture {
    store::report_row report{
        7, "srv-1", "host1", base::wall_time(std::chrono::milliseconds(1'800'000'000'042)), {}, {}};
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
    BOOST_TEST(text.find("  host1  trafikito_a <==\n1\n2\n3\n\n==> ") != text.npos);
    BOOST_TEST(text.ends_with("  host1  trafikito_b <==\nno newline\n\n"));
}

BOOST_AUTO_TEST_CASE(head_says_how_much_it_left_out) {
    settings.head = 1;
    BOOST_TEST(printed().find("<==\n1\n[2 more lines]\n\n") != std::string::npos);
    settings.head = 3;
    BOOST_TEST(printed().find("more line") == std::string::npos);
    settings.head = 0;
    BOOST_TEST(printed().find("trafikito_b <==\n[1 more line]\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bytes_are_as_stored_except_on_a_terminal) {
    outputs = {{"trafikito_a", "\x1b[31m\xff\n"}};
    BOOST_TEST(printed().find("\x1b[31m\xff\n") != std::string::npos);
    settings.safe = true;
    BOOST_TEST(printed().find("\x1b") == std::string::npos);
    BOOST_TEST(printed().find("\\x1b[31m\\xff\n") != std::string::npos);
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
    BOOST_TEST(
        late.find(
            "  host1  trafikito_a  collected 14 min before it arrived <==\n1\n2\n3\n\n==> ") !=
        late.npos);
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
    BOOST_TEST(text.find("trafikito_a <==\n[failed: exit code 2 after 0.03 s]\n1\n2\n3\n\n") !=
               text.npos);
    BOOST_TEST(text.find("trafikito_b <==\nno newline\n") != text.npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
