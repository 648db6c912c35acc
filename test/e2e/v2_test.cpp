// Suite v2: orders and errors of the second version, as an API sees them.
#include "test/e2e/installation.hpp"

#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>

using namespace trafikito::test;

namespace {

struct v2_fixture : pair {
    v2_fixture() : pair(2) { commands("trafikito_one=\"echo 1\"\ntrafikito_two=\"echo 2\"\n"); }

    [[nodiscard]] static std::string report_of_one() {
        return section("trafikito_one") + "1\n" + std::string(available) +
               "trafikito_one=\"echo 1\"\ntrafikito_two=\"echo 2\"\n";
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(v2, v2_fixture)

BOOST_AUTO_TEST_CASE(once_delivers_the_report_of_an_exported_installation) {
    order({{"tok123 two,one 55 0"}});
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(api.wait_for(v2_order).field("previous") == "");
    BOOST_TEST(report().report == section("trafikito_two") + "2\n" + section("trafikito_one") +
                                      "1\n" + std::string(available) +
                                      "trafikito_one=\"echo 1\"\ntrafikito_two=\"echo 2\"\n");
    BOOST_TEST(api.requests().size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_seeds_form_speaks_v2_without_v1_addresses) {
    there.write_config(writing::seeds);
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(reports() == 1U);
}

BOOST_AUTO_TEST_CASE(names_may_have_the_prefix_and_fields_any_white_space) {
    order({{"\n tok \t trafikito_one,two\r\n55   0 \n"}});
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(report().report.starts_with(section("trafikito_one") + "1\n" +
                                           section("trafikito_two") + "2\n"));
}

BOOST_AUTO_TEST_CASE(a_dash_runs_nothing_and_still_reports) {
    order({{"tok - 55 0"}});
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(report().report.starts_with(available));
}

BOOST_AUTO_TEST_CASE(an_equals_sign_means_the_last_order_within_the_daemon) {
    order({{"tok one 55 0"}, {"="}});
    auto const daemon = there.daemon();
    BOOST_TEST(report(1).report == report_of_one());
    BOOST_TEST(report(3).report == report_of_one());
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_CASE(an_equals_sign_means_the_last_order_across_a_restart) {
    order({{"tok one 55 0"}, {"="}});
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(report(2).report == report_of_one());
}

BOOST_AUTO_TEST_CASE(an_equals_sign_without_an_order_is_invalid) {
    order({{"="}});
    BOOST_TEST(exited(there.once(), 1));
    BOOST_TEST(reports() == 0U);
    BOOST_TEST(api.wait_for(v2_feedback).field("code") == "105");
}

BOOST_AUTO_TEST_CASE(previous_is_the_token_of_the_last_order) {
    order({{"first/token one 55 0"}, {"="}, {"second one 55 0"}, {"third one 55 0"}});
    auto const daemon = there.daemon();
    BOOST_TEST(api.wait_for(v2_order, 1).field("previous") == "");
    BOOST_TEST(api.wait_for(v2_order, 2).field("previous") == "first/token");
    BOOST_TEST(api.wait_for(v2_order, 3).field("previous") == "first/token");
    BOOST_TEST(api.wait_for(v2_order, 4).field("previous") == "second");
}

BOOST_AUTO_TEST_CASE(the_delay_is_added_to_the_next_due_time_once) {
    using namespace std::chrono_literals;
    order({{"a one 55 3"}, {"b one 55 0"}});
    auto const daemon = there.daemon();
    auto const first = api.wait_for(v2_order, 1).at;
    auto const second = api.wait_for(v2_order, 2).at;
    auto const third = api.wait_for(v2_order, 3).at;
    BOOST_TEST((second - first >= 3500ms));
    BOOST_TEST((third - second < 3s));
}

BOOST_AUTO_TEST_CASE(the_duration_of_the_last_cycle_is_told) {
    there.environment["TRAFIKITO_INTERVAL"] = "2s"; // commands must end well within it
    commands("trafikito_one=\"sleep 1.2\"\n");
    order({{"tok one 55 0"}});
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(report(1).field("timeTookLastTime") == "0");
    BOOST_TEST(std::stoi(report(2).field("timeTookLastTime")) >= 1);
}

BOOST_AUTO_TEST_CASE(words_of_other_answers_inside_an_order_mean_nothing) {
    commands("trafikito_error=\"echo e\"\ntrafikito_STOP=\"echo s\"\n");
    order({{"STOPPED error,STOP 55 0"}});
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(report().report.starts_with(section("trafikito_error") + "e\n" +
                                           section("trafikito_STOP") + "s\n"));
    BOOST_TEST(!std::filesystem::exists(there.stop_file()));
}

BOOST_AUTO_TEST_CASE(another_version_is_noted_and_nothing_more) {
    order({{"tok one 99 0"}});
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 0));
    BOOST_TEST(ran.err.find("version 99") != std::string::npos, ran.err);
    BOOST_TEST(api.requests().size() == 2U);
}

BOOST_AUTO_TEST_CASE(widgets_are_not_installed) {
    order({{"tok one 55 0 w1,w2"}});
    auto const before = read_file(there.base() / "available_commands.sh");
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 0));
    BOOST_TEST(ran.err.find("widget") != std::string::npos, ran.err);
    BOOST_TEST(api.requests().size() == 2U);
    BOOST_TEST(read_file(there.base() / "available_commands.sh") == before);
}

BOOST_AUTO_TEST_CASE(http_500_skips_the_cycle) {
    order({{"oops", 500}});
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(ran.err.find("HTTP 500") != std::string::npos, ran.err);
    BOOST_TEST(reports() == 0U);
}

BOOST_AUTO_TEST_CASE(a_portal_in_the_place_of_the_api_is_not_taken_for_a_wrong_key) {
    order({{"<!doctype html><title>Welcome to HotelNet</title>", 403}});
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(ran.err.find("HTTP 403 Forbidden: Welcome to HotelNet; an HTML page came instead") !=
                   std::string::npos,
               ran.err);
    BOOST_TEST(ran.err.find("check server_id and api_key") == std::string::npos, ran.err);
}

BOOST_AUTO_TEST_CASE(with_more_work_than_time_every_command_is_reported_after_some_cycles) {
    there.environment["TRAFIKITO_CYCLE_TIMEOUT"] = "300ms";
    there.environment["TRAFIKITO_MAX_PARALLEL"] = "1";
    std::string list;
    std::string names;
    for (char const name : {'a', 'b', 'c', 'd'}) {
        list +=
            std::string("trafikito_") + name + "=\"sleep 0.2; : > $BASEDIR/var/" + name + "\"\n";
        names += std::string(names.empty() ? "" : ",") + name;
    }
    commands(list);
    order({{"tok " + names + " 55 0"}});
    auto const daemon = there.daemon();
    BOOST_TEST(eventually([&] {
        return std::ranges::all_of(std::string("abcd"), [&](char name) {
            return std::filesystem::exists(there.base() / "var" / std::string(1, name));
        });
    }));
    BOOST_TEST(eventually([&] {
        return there.run({"status"}).out.find("had their turn within cycle_timeout (300 ms)") !=
               std::string::npos;
    }));
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_SUITE_END()
