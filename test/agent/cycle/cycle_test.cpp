#include "test/agent/cycle/cycle_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <ranges>

using namespace trafikito;
using namespace std::chrono_literals;
using kind = agent::cycle::cycle_outcome::kind;

BOOST_FIXTURE_TEST_SUITE(cycle, test::cycle_fixture)

BOOST_AUTO_TEST_CASE(the_report_has_the_sections_in_the_order_asked) {
    api.next_answer = order({"trafikito_two", "trafikito_one"});
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST(api.tokens.at(0) == "token-1");
    BOOST_TEST(api.reports.at(0) == "*-*-*-*------------ Trafikito command: trafikito_two\n2\n"
                                    "*-*-*-*------------ Trafikito command: trafikito_one\n1\n"
                                    "*-*-*-*------------ Available commands:\n"
                                    "trafikito_one=\"echo 1\"\ntrafikito_two=\"printf 2\"\n");
    BOOST_TEST(logged.starts_with("<6>report accepted: 2 commands, "));
}

BOOST_AUTO_TEST_CASE(an_unknown_name_has_its_section_and_is_logged_once) {
    api.next_answer = order({"trafikito_three", "trafikito_one"});
    BOOST_TEST((run().end == kind::accepted));
    (void)run();
    BOOST_TEST(api.reports.at(0).starts_with(
        "*-*-*-*------------ Trafikito command: trafikito_three\n"
        "[trafikito-agent: not run: no such command in available_commands.sh]\n"
        "*-*-*-*------------ Trafikito command: trafikito_one\n1\n"));
    auto const line = logged.find("<4>not run: trafikito_three");
    BOOST_TEST(line != std::string::npos);
    BOOST_TEST(logged.find("<4>not run", line + 1) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_empty_order_still_sends_the_report) {
    api.next_answer = order({});
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST(api.reports.at(0).starts_with("*-*-*-*------------ Available commands:\n"));
}

BOOST_AUTO_TEST_CASE(unchanged_uses_the_last_order_again_also_after_a_restart) {
    api.next_answer = order({"trafikito_one"});
    (void)run();
    restart();
    api.next_answer = net::api::order_answer(net::api::unchanged());
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST((api.previous == std::vector<std::string>{"", "token-1"}));
    BOOST_TEST(api.reports.at(1) == api.reports.at(0));
}

BOOST_AUTO_TEST_CASE(unchanged_without_an_order_is_told_to_the_api) {
    api.next_answer = net::api::order_answer(net::api::unchanged());
    BOOST_TEST((run().end == kind::failed));
    BOOST_TEST(api.reports.empty());
    BOOST_TEST(api.feedback.at(0).code == 105);
}

BOOST_AUTO_TEST_CASE(stop_leaves_its_reason_and_runs_nothing) {
    api.next_answer = net::api::order_answer(net::api::stop{"removed by its owner"});
    BOOST_TEST((run().end == kind::stopped));
    BOOST_TEST(test::read_file(here.path() / "var/STOP") == "removed by its owner\n");
    BOOST_TEST(api.reports.empty());
}

BOOST_AUTO_TEST_CASE(an_error_of_the_api_is_no_order_and_is_fed_back) {
    api.next_answer = net::api::order_answer(net::api::api_error{"#x", "SERVER_UNKNOWN"});
    BOOST_TEST((run().end == kind::failed));
    BOOST_TEST(api.reports.empty());
    BOOST_TEST(api.feedback.at(0).code == 104);
    BOOST_TEST(api.feedback.at(0).message == "SERVER_UNKNOWN");
    BOOST_TEST(logged.find("no order: answer of api.example:443: the API says SERVER_UNKNOWN #x") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(asked_too_often_skips_the_cycle) {
    api.next_answer = net::api::order_answer(net::api::api_error{
        std::string(net::api::asked_too_often_code), "ANOTHER_REQUEST_IN_PROGRESS"});
    BOOST_TEST((run().end == kind::too_early));
    BOOST_TEST(api.reports.empty());
}

BOOST_AUTO_TEST_CASE(one_code_is_fed_back_at_most_once_a_minute) {
    api.next_answer = net::api::order_answer(net::api::not_an_order{"it is a web page"});
    (void)run();
    (void)run();
    BOOST_TEST(api.feedback.size() == 1U);
    time.jump(60s);
    (void)run();
    BOOST_TEST(api.feedback.size() == 2U);
    BOOST_TEST(api.feedback.at(1).code == 105);
}

BOOST_AUTO_TEST_CASE(invalid_lines_are_fed_back_with_number_and_text) {
    commands("trafikito_one=\"echo 1\"\nrm -rf /\n");
    api.next_answer = order({"trafikito_one"});
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST(api.feedback.at(0).code == 100);
    BOOST_TEST(api.feedback.at(0).details.ends_with("line 2: rm -rf /\n"));
    BOOST_TEST(api.reports.at(0).find("rm -rf") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refused_report_is_fed_back_and_said_once) {
    api.next_answer = order({"trafikito_one"});
    api.report_answer = test::failure_of(403);
    BOOST_TEST((run().end == kind::failed));
    time.jump(60s);
    BOOST_TEST((run().end == kind::failed));
    BOOST_TEST(api.feedback.at(0).code == 101);
    auto const line = logged.find("report not delivered");
    BOOST_TEST(line != std::string::npos);
    BOOST_TEST(logged.find("report not delivered", line + 1) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_it_was_asked_is_on_disk_before_the_request) {
    std::optional<agent::persistence::state> read;
    api.on_fetch = [&] { read = agent::persistence::look_at_state(here.path() / "var"); };
    api.next_answer = order({});
    (void)run();
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((read->asked_at == time.stamp()));
    // Killed now, nobody knows when the API has the question: the next one keeps a distance.
    BOOST_TEST((read->pause > settings.interval));
    auto const answered = agent::persistence::look_at_state(here.path() / "var");
    BOOST_REQUIRE(answered.has_value());
    BOOST_TEST((answered->pause == settings.interval));
}

BOOST_AUTO_TEST_CASE(without_var_the_cycle_runs_from_memory_and_says_so) {
    std::filesystem::remove_all(here.path() / "var");
    api.next_answer = order({"trafikito_one"});
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST(api.reports.at(0).find("\n1\n") != std::string::npos);
    BOOST_TEST(logged.find("<4>the report is gathered in memory: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_command_list_nothing_runs_and_the_report_says_so) {
    std::filesystem::remove(here.path() / "available_commands.sh");
    api.next_answer = order({"trafikito_one"});
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST(api.reports.at(0).find("not run: the list could not be read: ") !=
               std::string::npos);
    BOOST_TEST(logged.find("available_commands.sh") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_widget_is_refused_and_said) {
    net::api::order value;
    value.token = "t";
    value.widgets = {"w1"};
    api.next_answer = net::api::order_answer(value);
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST(logged.find("<4>refused to install 1 widget") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_widget_is_added_run_once_and_confirmed_where_it_is_allowed) {
    settings.allow_widgets = true;
    api.widgets["w1"] = "trafikito_x=\"echo hi; echo x >> ran\"\n";
    api.next_answer = order_with_widgets({"w1"});
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST(api.widgets_confirmed.at(0) == "w1 trafikito_x\n*-*-*-*------------ Trafikito "
                                              "command: echo hi; echo x >> ran\nhi\n");
    BOOST_TEST(test::read_file(settings.available_commands)
                   .ends_with("\ntrafikito_x=\"echo hi; echo x >> ran\"\n"));
    BOOST_TEST(test::read_file(here.path() / "ran") == "x\n");
    BOOST_TEST(logged.find("<4>widget w1 of the API added to ") != std::string::npos);
    BOOST_TEST(logged.find("trafikito_x=\"echo hi; echo x >> ran\" (allow_widgets = yes)") !=
               std::string::npos);
    BOOST_TEST(api.feedback.empty());
}

BOOST_AUTO_TEST_CASE(a_widget_that_is_there_is_confirmed_again_but_not_added_again) {
    settings.allow_widgets = true;
    api.widgets["w1"] = "trafikito_x=\"echo hi\"";
    api.next_answer = order_with_widgets({"w1"});
    (void)run();
    auto const text = test::read_file(settings.available_commands);
    (void)run();
    BOOST_TEST(api.widgets_confirmed.size() == 2U);
    BOOST_TEST(test::read_file(settings.available_commands) == text);
    api.next_answer = net::api::order_answer(net::api::unchanged());
    (void)run();
    BOOST_TEST(api.widgets_confirmed.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_widget_that_is_no_valid_line_is_fed_back_as_102_and_not_run) {
    settings.allow_widgets = true;
    api.widgets["w1"] = "touch ran";
    api.widgets["w2"] = "trafikito_one=\"touch ran\"";
    api.next_answer = order_with_widgets({"w1", "w2", "../w3"});
    auto const text = test::read_file(settings.available_commands);
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST(test::read_file(settings.available_commands) == text);
    BOOST_TEST(!std::filesystem::exists(here.path() / "ran"));
    BOOST_TEST(api.widgets_confirmed.empty());
    BOOST_TEST((api.widgets_fetched == std::vector<std::string>{"w1", "w2"}));
    BOOST_REQUIRE(api.feedback.size() == 1U);
    BOOST_TEST(api.feedback.at(0).code == 102);
    BOOST_TEST(api.feedback.at(0).message == "AGENT_INSTALL_WIDGET_FAILED_INVALID_COMMAND");
    BOOST_TEST(logged.find("<4>widgets of the API not added: w1: ") != std::string::npos);
    BOOST_TEST(logged.find("w2: the list has another command of that name") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(at_most_eight_widgets_of_an_order_are_looked_at) {
    settings.allow_widgets = true;
    std::vector<std::string> ids;
    for (int i = 0; i < 12; ++i) {
        ids.push_back("w" + std::to_string(i));
        api.widgets[ids.back()] = "trafikito_" + ids.back() + "=\"true\"";
    }
    api.next_answer = order_with_widgets(ids);
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST(api.widgets_confirmed.size() == 8U);
    BOOST_TEST(logged.find("<4>4 widgets of the API left out") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_allow_widgets_the_api_is_not_even_asked_for_them) {
    api.next_answer = order_with_widgets({"w1"});
    (void)run();
    BOOST_TEST(api.widgets_fetched.empty());
    BOOST_TEST(logged.find("(allow_widgets = no)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(each_code_of_feedback_has_its_own_minute) {
    commands("trafikito_one=\"echo 1\"\nnonsense\n");
    api.next_answer = net::api::order_answer(net::api::not_an_order{"it is a web page"});
    (void)run();
    api.next_answer = net::api::order_answer(net::api::api_error{"#x", "SERVER_UNKNOWN"});
    (void)run();
    api.next_answer = order({"trafikito_one"});
    api.report_answer = test::failure_of(403);
    (void)run();
    (void)run();
    std::vector<int> codes;
    for (auto const& one : api.feedback) {
        codes.push_back(one.code);
    }
    BOOST_TEST((codes == std::vector<int>{100, 105, 104, 101}));
    BOOST_TEST(api.feedback.back().details == "HTTP 403");
}

BOOST_AUTO_TEST_CASE(orders_and_reports_are_told_when_the_cycle_ends) {
    auto const begun = time.steady_now();
    api.next_answer = order({});
    (void)run();
    BOOST_TEST((api.order_until == begun + 30s));
    BOOST_TEST((api.report_until == begun + 60s));
}

BOOST_AUTO_TEST_CASE(every_runs_it_that_often_and_sends_the_last_result_in_between) {
    commands("#: every=5m\ntrafikito_n=\"echo x >> runs; wc -l < runs\"\n");
    api.next_answer = order({"trafikito_n"});
    for (int minute = 0; minute < 6; ++minute) {
        BOOST_TEST((run().end == kind::accepted));
        time.jump(60s);
    }
    auto const section = std::string("*-*-*-*------------ Trafikito command: trafikito_n\n");
    BOOST_TEST(api.reports.at(0).starts_with(section + "1\n*-*-*-*"));
    BOOST_TEST(api.reports.at(1).starts_with(section + "1\n[trafikito-agent: from 60 s ago]\n"));
    BOOST_TEST(api.reports.at(4).starts_with(section + "1\n[trafikito-agent: from 240 s ago]\n"));
    BOOST_TEST(api.reports.at(5).starts_with(section + "2\n*-*-*-*"));
}

BOOST_AUTO_TEST_CASE(a_report_is_never_longer_than_max_report) {
    settings.max_report = 20'000;
    commands("trafikito_long=\"seq 1 100000\"\ntrafikito_short=\"seq 1 100\"\n"
             "trafikito_marks=\"yes '*-*-*-*------------ Trafikito command: x' | head -n 900\"\n");
    api.next_answer = order({"trafikito_long", "trafikito_short", "trafikito_marks"});
    BOOST_TEST((run().end == kind::accepted));
    auto const& report = api.reports.at(0);
    BOOST_TEST(report.size() <= settings.max_report);
    BOOST_TEST(report.size() > settings.max_report / 2);
    BOOST_TEST(report.find("\n98\n99\n100\n*-*") != std::string::npos);
    BOOST_TEST(report.find(" bytes kept of 588895]\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_command_left_behind_is_in_the_story) {
    commands("trafikito_one=\"(setsid sleep 130001 &)\"\n");
    api.next_answer = order({"trafikito_one"});
    BOOST_TEST((run().end == kind::accepted));
    BOOST_TEST(logged.find("1 command (1 left behind and killed)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_token_is_in_no_line_of_the_log) {
    log.set(base::severity::debug, base::log::format::journal);
    api.next_answer = order({"trafikito_one"});
    (void)run();
    BOOST_TEST(logged.find("token-1") == std::string::npos);
}

// Each takes longer than its share: what runs is decided by whose turn it is.
BOOST_AUTO_TEST_CASE(with_too_much_work_each_has_its_turn_after_a_while_also_after_a_restart) {
    settings.max_parallel = 1;
    settings.cycle_timeout = 300ms;
    std::string list;
    std::vector<std::string> names;
    for (int i = 0; i < 5; ++i) {
        names.push_back("trafikito_" + std::to_string(i));
        list += names.back() + "=\"sleep 0.2; : > var/ran." + std::to_string(i) + "\"\n";
    }
    commands(list);
    api.next_answer = order(names);
    auto const all_ran = [&] {
        return std::ranges::all_of(std::views::iota(0, 5), [&](int i) {
            return std::filesystem::exists(here.path() / ("var/ran." + std::to_string(i)));
        });
    };
    for (int cycles = 0; !all_ran() && cycles < 100; ++cycles) {
        (void)run();
        restart();
        time.jump(60s);
    }
    BOOST_TEST(all_ran());
    BOOST_TEST(says(" of 5 commands had their turn within cycle_timeout (300 ms), 1 at once; "));
    auto const& report = api.reports.back();
    std::size_t at = 0;
    for (auto const& name : names) {
        auto const section = report.find("Trafikito command: " + name + "\n", at);
        BOOST_REQUIRE(section != std::string::npos); // in the order asked
        at = section;
    }
}

BOOST_AUTO_TEST_CASE(somebody_else_in_the_place_of_the_api_is_no_answer) {
    api.next_answer = order({"trafikito_one"});
    (void)run();
    auto portal = test::failure_of(403);
    portal.foreign = true;
    api.next_answer = portal;
    (void)run();
    BOOST_TEST(says("; the last one is run and its report kept"));
    BOOST_TEST(spool->count() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
