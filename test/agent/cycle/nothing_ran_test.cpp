// Suite nothing_ran: cycles whose report is accepted although commands could not be run.
#include "test/agent/cycle/cycle_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace trafikito;
using kind = agent::cycle::cycle_outcome::kind;

BOOST_FIXTURE_TEST_SUITE(nothing_ran, test::cycle_fixture)

BOOST_AUTO_TEST_CASE(a_report_of_an_order_of_which_nothing_ran_is_no_success) {
    std::filesystem::remove(here.path() / "available_commands.sh");
    api.next_answer = order({"trafikito_one", "trafikito_two"});
    auto const outcome = run();
    BOOST_TEST((outcome.end == kind::accepted));
    BOOST_TEST(outcome.ordered);
    BOOST_TEST(outcome.nothing_ran.starts_with(
        "2 of 2 commands were not run: the list could not be read: "));
    BOOST_TEST(says("<4>nothing ran: 2 of 2 commands were not run: "));
    BOOST_TEST(says("<4>report accepted, but nothing ran: 0 commands (2 not run), "));
    BOOST_TEST(!says("no such command"));
    BOOST_TEST(log.problems().size() == 3U);
    commands("trafikito_one=\"echo 1\"\n");
    BOOST_TEST(run().nothing_ran.empty());
    BOOST_TEST(says("<6>report accepted: 1 command (1 not run), "));
}

BOOST_AUTO_TEST_CASE(an_order_of_nothing_to_a_list_that_could_not_be_read_is_no_success) {
    std::filesystem::remove(here.path() / "available_commands.sh");
    api.next_answer = order({}); // of an API that was offered nothing
    BOOST_TEST(run().nothing_ran.starts_with("the list could not be read: "));
    BOOST_TEST(says("<4>report accepted, but nothing ran: 0 commands, "));
    commands("trafikito_one=\"echo 1\"\n");
    BOOST_TEST(run().nothing_ran.empty());
    std::filesystem::permissions(here.path() / "available_commands.sh",
                                 std::filesystem::perms(0666));
    BOOST_TEST(run().nothing_ran.find("available_commands.sh") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reason_why_none_could_be_started_is_said_once_for_all) {
    commands("#: user=nobody-at-all\ntrafikito_one=\"echo 1\"\n"
             "#: user=nobody-at-all\ntrafikito_two=\"echo 2\"\n");
    api.next_answer = order({"trafikito_one", "trafikito_two"});
    BOOST_TEST(run().nothing_ran ==
               "2 of 2 commands could not be started: there is no user nobody-at-all");
}

BOOST_AUTO_TEST_CASE(what_could_not_be_started_among_others_is_a_problem_but_no_ill_health) {
    commands("trafikito_one=\"echo 1\"\n#: user=nobody-at-all\ntrafikito_two=\"echo 2\"\n");
    api.next_answer = order({"trafikito_one", "trafikito_two"});
    BOOST_TEST(run().nothing_ran.empty());
    BOOST_TEST(says("<4>1 of 2 commands could not be started (trafikito_two): there is no user "
                    "nobody-at-all\n"));
    BOOST_TEST(log.problems().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_list_of_which_no_line_is_a_command_offers_nothing_and_is_no_success) {
    commands("df -h\n");
    api.next_answer = order({"trafikito_one"});
    BOOST_TEST(run().nothing_ran.starts_with(
        "1 of 1 command was not run: no line of the list is a command: "));
}

BOOST_AUTO_TEST_CASE(names_that_a_list_which_was_read_does_not_offer_should_not_run) {
    api.next_answer = order({"trafikito_three"});
    BOOST_TEST(run().nothing_ran.empty());
    BOOST_TEST(log.problems().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_result_that_is_sent_again_counts_as_one_that_ran) {
    commands("#: every=5m\ntrafikito_one=\"echo 1\"\n#: user=nobody-at-all\n"
             "trafikito_two=\"echo 2\"\n");
    api.next_answer = order({"trafikito_one", "trafikito_two"});
    (void)run();
    BOOST_TEST(run().nothing_ran.empty());
}

BOOST_AUTO_TEST_CASE(a_widget_whose_command_cannot_be_started_is_not_confirmed) {
    settings.allow_widgets = true;
    api.widgets["w1"] = "trafikito_x=\"echo hi\"";
    api.next_answer = order_with_widgets({"w1"});
    around.directory = here.path();
    commands("#: user=nobody-at-all\ntrafikito_x=\"echo hi\"\n");
    (void)run();
    BOOST_TEST(api.widgets_confirmed.empty());
    BOOST_TEST(says("<4>widget w1 is not confirmed: its command could not be started: "));
}

BOOST_AUTO_TEST_SUITE_END()
