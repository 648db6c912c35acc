// Suite v1: the protocol of the seeds, as an API sees it.
#include "test/e2e/installation.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <regex>

using namespace trafikito::test;

namespace {

struct v1_fixture : pair {
    v1_fixture() : pair(1) { commands("trafikito_one=\"echo 1\"\ntrafikito_two=\"echo 2\"\n"); }

    /// Answers `said` to the question for an order, and expects that the cycle ends without a
    /// report.
    std::string cycle_without_report(answer said) {
        order({std::move(said)});
        auto const ran = there.once();
        BOOST_TEST(exited(ran, 1));
        BOOST_TEST(orders() == 1U);
        BOOST_TEST(reports() == 0U);
        return ran.err;
    }
};

constexpr auto list_of_both = "trafikito_one=\"echo 1\"\ntrafikito_two=\"echo 2\"\n";

std::string os_release(std::string const& name) {
    std::ifstream file("/etc/os-release");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(name + "=")) {
            return std::regex_replace(line.substr(name.size() + 1), std::regex("\""), "");
        }
    }
    return {};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(v1, v1_fixture)

BOOST_AUTO_TEST_CASE(once_delivers_the_report_of_a_seeds_installation) {
    order({{"63e374bd-92be-4275-a985-ba2b8d2a953d,trafikito_two,trafikito_one"}});
    BOOST_TEST(exited(there.once(), 0));
    auto const sent = report();
    BOOST_TEST(sent.query == "callToken=63e374bd-92be-4275-a985-ba2b8d2a953d");
    BOOST_TEST(sent.report == section("trafikito_two") + "2\n" + section("trafikito_one") + "1\n" +
                                  std::string(available) + list_of_both);
    BOOST_TEST(api.requests().size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_exported_form_speaks_v1_when_given_its_addresses) {
    there.write_config(writing::exported);
    there.environment["TRAFIKITO_URL_GET_CONFIG"] = api.url() + v1_get;
    there.environment["TRAFIKITO_URL_OUTPUT"] = api.url() + v1_output;
    order({{"t,trafikito_one"}});
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(report().query == "callToken=t");
}

BOOST_AUTO_TEST_CASE(the_operating_system_is_told) {
    BOOST_TEST(exited(there.once(), 0));
    auto const asked = api.wait_for(v1_get);
    if (os_release("ID") == "debian") {
        BOOST_TEST(asked.field("os") == "debian");
        BOOST_TEST(asked.field("osCodename") == os_release("VERSION_CODENAME"));
        BOOST_TEST(asked.field("osRelease") == os_release("VERSION_ID"));
        BOOST_TEST(asked.field("centosFlavor") == "centos");
    }
    BOOST_TEST(!asked.field("os").empty());
}

BOOST_AUTO_TEST_CASE(a_token_alone_runs_nothing_and_still_reports) {
    order({{"token-alone\n"}});
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(report().query == "callToken=token-alone");
    BOOST_TEST(report().report == std::string(available) + list_of_both);
}

BOOST_AUTO_TEST_CASE(the_token_is_percent_encoded) {
    order({{"a/b+c&d=é%"}});
    there.environment["TRAFIKITO_URL_OUTPUT"] = api.url() + std::string(v1_output) + "?team=7";
    // é is no character that a token has: that order is none.
    BOOST_TEST(exited(there.once(), 1));
    order({{"a/b+c&d=%"}});
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(report().query == "team=7&callToken=a%2Fb%2Bc%26d%3D%25");
}

BOOST_AUTO_TEST_CASE(any_2xx_accepts_the_report) {
    api.answers(v1_output, {{"", 204}});
    BOOST_TEST(exited(there.once(), 0));
}

BOOST_AUTO_TEST_CASE(a_refused_report_is_told_and_fails) {
    api.answers(v1_output, {{"no such call", 403}});
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(ran.err.find("HTTP 403") != std::string::npos, ran.err);
    BOOST_TEST(ran.err.find("no such call") != std::string::npos, ran.err);
    BOOST_TEST(reports() == 1U); // a refusal is not retried
}

BOOST_AUTO_TEST_CASE(an_error_object_skips_the_cycle_whatever_its_order) {
    auto const first = cycle_without_report(
        {R"({"data":null,"error":{"code":"#q2w4544h4asa2gAefg53GHrfd","message":"ANOTHER_REQUEST_IN_PROGRESS"}})"});
    BOOST_TEST(first.find("ANOTHER_REQUEST_IN_PROGRESS") != std::string::npos, first);
}

BOOST_AUTO_TEST_CASE(an_error_object_with_an_error_status_is_the_same_error) {
    auto const said = cycle_without_report(
        {R"({"error":{"message":"NO_SUCH_SERVER","code":"#1"},"data":null})", 404});
    BOOST_TEST(said.find("NO_SUCH_SERVER") != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(error_in_the_name_of_a_command_is_no_error) {
    commands("trafikito_error_count=\"echo 3\"\n");
    order({{"t,trafikito_error_count"}});
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(report().report.starts_with(section("trafikito_error_count") + "3\n"));
}

BOOST_AUTO_TEST_CASE(an_empty_answer_names_the_configuration) {
    auto const said = cycle_without_report({""});
    BOOST_TEST(said.find("configuration") != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(http_500_is_tried_again_and_then_skips_the_cycle) {
    there.environment["TRAFIKITO_INTERVAL"] = "20s";
    there.environment["TRAFIKITO_RETRIES"] = "1";
    order({{"<h1>Internal</h1>", 500}});
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(orders() == 2U);
    BOOST_TEST(reports() == 0U);
    BOOST_TEST(ran.err.find("HTTP 500 Internal Server Error (after 2 tries)") != std::string::npos,
               ran.err);
}

BOOST_AUTO_TEST_CASE(an_identity_with_reserved_characters_is_percent_encoded) {
    known_agent odd;
    odd.server_id = "srv+1&os=x/%?#\"";
    pair other(1, odd);
    other.order({{"t"}});
    BOOST_TEST(exited(other.there.once(), 0));
    BOOST_TEST(other.api.wait_for(v1_get).field("serverId") == odd.server_id);
}

BOOST_AUTO_TEST_SUITE_END()
