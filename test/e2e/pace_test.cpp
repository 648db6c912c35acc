// Suite pace: what a failure and a restart cost the next cycle.
#include "test/e2e/installation.hpp"

#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace trafikito::test;

namespace {

struct pace_fixture : pair {
    pace_fixture() : pair(2) {
        commands("trafikito_one=\"echo 1\"\n");
        order({{"tok one 55 0"}});
        there.environment["TRAFIKITO_INTERVAL"] = "1h";
        there.environment["TRAFIKITO_RETRIES"] = "1";
    }

    /// Whether the next --once waits, and what it says then.
    std::string waits() const {
        program const next({TRAFIKITO_AGENT, "--config", there.config().string(), "--once"},
                           there.all_environment());
        BOOST_REQUIRE(eventually([&] {
            return next.err().find(": waiting ") != std::string::npos ||
                   next.err().find("report accepted") != std::string::npos;
        }));
        return next.err().find(": waiting ") == std::string::npos ? std::string() : next.err();
    }
};

bool holds(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(pace, pace_fixture)

BOOST_AUTO_TEST_CASE(a_question_that_never_left_this_machine_keeps_nobody_waiting) {
    auto const url = api.url();
    for (auto const* nobody : {"https://127.0.0.1:1", "https://no-such-host.invalid"}) {
        there.environment["TRAFIKITO_API_URL"] = nobody;
        BOOST_TEST(exited(there.once(), 1));
    }
    there.environment["TRAFIKITO_API_URL"] = url;
    there.environment.erase("TRAFIKITO_CA_FILE"); // the handshake fails
    BOOST_TEST(exited(there.once(), 1));
    there.environment["TRAFIKITO_CA_FILE"] = (there.base() / "etc/ca.pem").string();
    BOOST_TEST(waits() == "");
    BOOST_TEST(orders() == 1U);
}

BOOST_AUTO_TEST_CASE(a_question_that_was_answered_whatever_it_was_is_waited_for_an_interval) {
    order({{"no", 500}});
    BOOST_TEST(exited(there.once(), 1));
    auto const said = waits();
    BOOST_TEST(holds(said, "the API may be asked once per interval (3600 s), and was asked "));
    BOOST_TEST(holds(said, " ago: waiting 3"));
    BOOST_TEST(holds(said, " s, until 2"));
    BOOST_TEST(!holds(said, "without an answer"));
}

BOOST_AUTO_TEST_CASE(a_question_without_an_answer_may_be_on_its_way) {
    there.environment["TRAFIKITO_REQUEST_TIMEOUT"] = "300ms";
    there.environment["TRAFIKITO_RETRIES"] = "0";
    order({{.content = "", .status = 200, .silent = true}});
    BOOST_TEST(exited(there.once(), 1));
    BOOST_TEST(
        holds(waits(), " ago, without an answer that says when it had the question: waiting "));
}

BOOST_AUTO_TEST_SUITE_END()
