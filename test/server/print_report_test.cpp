#include "server/print_report.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace {

using namespace trafikito::server;

struct fixture {
    report_row report{7, "srv-1", "host1",
                      time_point(std::chrono::milliseconds(1'800'000'000'042))};
    std::vector<output_row> outputs{{"trafikito_a", "1\n2\n3\n"}, {"trafikito_b", "no newline"}};
    print_settings settings;

    std::string printed() const {
        std::ostringstream text;
        print_report(text, report, outputs, settings);
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
               "{\"report\":7,\"time\":\"2027-01-15T08:00:00.042Z\",\"serverId\":\"srv-1\","
               "\"server\":\"host1\","
               "\"outputs\":[{\"command\":\"trafikito_a\",\"output\":\"\\\"x\\\"\\n\"},"
               "{\"command\":\"trafikito_b\",\"outputBase64\":\"/w==\"}]}\n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
