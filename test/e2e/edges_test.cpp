// Suite edges: several base addresses of one v2 API.
#include "test/e2e/installation.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace trafikito::test;

namespace {

struct edges_fixture {
    edges_fixture() : there(who), second({}, who), third({}, who) {
        there.write_config(writing::exported);
        there.write_commands("trafikito_one=\"echo 1\"\n");
        there.environment["TRAFIKITO_INTERVAL"] = "1s";
        there.environment["TRAFIKITO_RANDOM_NUMBER"] = "0";
        second.answers(v2_ping, {{"NOT OK"}});
        third.answers(v2_order, {{"tok one 55 0"}});
    }

    void use(std::string const& urls) { there.environment["TRAFIKITO_API_URL"] = urls; }

    known_agent who;
    installation there;
    strict_api second;
    strict_api third;
};

constexpr auto dead = "http://127.0.0.1:1";

} // namespace

BOOST_FIXTURE_TEST_SUITE(edges, edges_fixture)

BOOST_AUTO_TEST_CASE(the_one_that_answers_ok_is_used) {
    use(std::string(dead) + "," + second.url() + "," + third.url());
    for (int time = 0; time < 4; ++time) { // it begins with one at random
        BOOST_TEST(exited(there.once(), 0));
    }
    BOOST_TEST(third.count(v2_output) == 4U);
    BOOST_TEST(second.count(v2_order) == 0U);
    BOOST_TEST(second.count(v2_output) == 0U);
}

BOOST_AUTO_TEST_CASE(when_none_answers_ok_the_cycle_fails_and_names_them) {
    use(std::string(dead) + "," + second.url());
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(ran.err.find("127.0.0.1:1:") != std::string::npos, ran.err);
    BOOST_TEST(ran.err.find(std::to_string(second.who().port)) != std::string::npos, ran.err);
    BOOST_TEST(second.count(v2_order) == 0U);
}

BOOST_AUTO_TEST_CASE(a_single_address_is_not_pinged) {
    use(third.url());
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(third.count(v2_ping) == 0U);
}

BOOST_AUTO_TEST_CASE(an_edge_that_falls_silent_is_left_for_another) {
    there.environment["TRAFIKITO_REQUEST_TIMEOUT"] = "500ms";
    second.answers(v2_ping, {{"OK"}});
    second.answers(v2_order, {{"tok one 55 0"}, {"", 200, true}});
    third.answers(v2_ping, {{"", 503}, {"OK"}});
    use(second.url() + "," + third.url());
    auto const daemon = there.daemon();
    BOOST_TEST(third.wait_for(v2_output).report.starts_with(section("trafikito_one") + "1\n"));
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_CASE(an_error_of_the_api_is_not_asked_for_twice) {
    second.answers(v2_ping, {{"OK"}});
    auto const refusal = R"({"error":{"code":"#1","message":"NO_SUCH_SERVER"}})";
    second.answers(v2_order, {{refusal, 403}});
    third.answers(v2_order, {{refusal, 403}});
    use(second.url() + "," + third.url());
    BOOST_TEST(exited(there.once(), 1));
    BOOST_TEST(second.count(v2_order) + third.count(v2_order) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
