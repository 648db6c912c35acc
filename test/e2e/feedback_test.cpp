// Suite feedback: what a v2 API is told when something is wrong (doc/protocol.md, "v2", step 3).
#include "test/e2e/installation.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace trafikito::test;

namespace {

constexpr auto too_often =
    R"({"error":{"code":"#6d5jyjytjh","message":"SEND_DATA_ONCE_PER_MINUTE_OR_YOU_WILL_BE_BLOCKED"},"data":null})";

struct feedback_fixture : pair {
    feedback_fixture() : pair(2) { commands("trafikito_one=\"echo 1\"\n"); }

    /// The only feedback of one cycle that ends with `code`.
    seen_request feedback_of_one_cycle(int code) {
        BOOST_TEST(exited(there.once(), code));
        BOOST_TEST(api.count(v2_feedback) == 1U);
        return api.wait_for(v2_feedback);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(feedback, feedback_fixture)

BOOST_AUTO_TEST_CASE(an_error_of_the_api_goes_back_as_104) {
    order({{too_often}});
    auto const told = feedback_of_one_cycle(1);
    BOOST_TEST(told.field("code") == "104");
    BOOST_TEST(told.field("message") == "SEND_DATA_ONCE_PER_MINUTE_OR_YOU_WILL_BE_BLOCKED");
    BOOST_TEST(reports() == 0U);
}

BOOST_AUTO_TEST_CASE(an_empty_answer_is_105) {
    order({{""}});
    BOOST_TEST(feedback_of_one_cycle(1).field("code") == "105");
    BOOST_TEST(reports() == 0U);
}

BOOST_AUTO_TEST_CASE(a_web_page_is_105) {
    order({{"<html><body>Please log in, 1 2 3 4</body></html>"}});
    BOOST_TEST(feedback_of_one_cycle(1).field("code") == "105");
}

BOOST_AUTO_TEST_CASE(json_without_an_error_is_105) {
    order({{R"({"error":null,"data":{}})"}});
    BOOST_TEST(feedback_of_one_cycle(1).field("code") == "105");
}

BOOST_AUTO_TEST_CASE(invalid_lines_go_back_as_100_with_number_and_text) {
    commands("# a comment\ntrafikito_one=\"echo 1\"\n\nrm -rf /tmp/x\ntrafikito_x='no'\n");
    auto const told = feedback_of_one_cycle(0);
    BOOST_TEST(told.field("code") == "100");
    auto const details = told.field("details");
    BOOST_TEST(details.find("4: rm -rf /tmp/x") != std::string::npos, details);
    BOOST_TEST(details.find("5: trafikito_x='no'") != std::string::npos, details);
    BOOST_TEST(report().report == section("trafikito_uptime") +
                                      "[trafikito-agent: not run: no such command in "
                                      "available_commands.sh]\n" +
                                      std::string(available) + "trafikito_one=\"echo 1\"\n");
}

BOOST_AUTO_TEST_CASE(a_report_that_is_not_answered_ok_goes_back_as_101_with_the_answer) {
    api.answers(v2_output, {{"database is full"}});
    auto const told = feedback_of_one_cycle(1);
    BOOST_TEST(told.field("code") == "101");
    BOOST_TEST(told.field("details").find("database is full") != std::string::npos,
               told.field("details"));
}

BOOST_AUTO_TEST_CASE(a_report_refused_with_a_status_goes_back_as_101) {
    api.answers(v2_output, {{"too large", 413}});
    BOOST_TEST(feedback_of_one_cycle(1).field("code") == "101");
}

BOOST_AUTO_TEST_CASE(one_code_is_sent_once_a_minute) {
    order({{too_often}});
    auto const daemon = there.daemon();
    (void)api.wait_for(v2_order, 3);
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
    BOOST_TEST(api.count(v2_feedback) == 1U);
}

BOOST_AUTO_TEST_CASE(another_code_does_not_wait_for_the_first) {
    order({{too_often}, {"nonsense"}});
    auto const daemon = there.daemon();
    BOOST_TEST(api.wait_for(v2_feedback, 1).field("code") == "104");
    BOOST_TEST(api.wait_for(v2_feedback, 2).field("code") == "105");
}

BOOST_AUTO_TEST_CASE(feedback_that_is_refused_changes_nothing) {
    order({{""}, {"tok one 55 0"}});
    api.answers(v2_feedback, {{"no", 500}});
    BOOST_TEST(exited(there.once(), 1));
    BOOST_TEST(exited(there.once(), 0));
}

BOOST_AUTO_TEST_SUITE_END()
