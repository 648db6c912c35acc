// Suite stop: `STOP reason` (doc/protocol.md, "v2", step 1).
#include "test/e2e/installation.hpp"

#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>

using namespace trafikito::test;

namespace {

struct stop_fixture : pair {
    stop_fixture() : pair(2) { commands("trafikito_one=\"echo 1\"\n"); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(stop, stop_fixture)

BOOST_AUTO_TEST_CASE(the_reason_is_left_in_a_file_and_nothing_is_run) {
    order({{"STOP the server was removed by its owner"}});
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(read_file(there.stop_file()) == "the server was removed by its owner\n");
    BOOST_TEST(ran.err.find(there.stop_file().string()) != std::string::npos, ran.err);
    BOOST_TEST(api.requests().size() == 1U);
}

BOOST_AUTO_TEST_CASE(once_asks_nothing_as_long_as_the_file_is_there) {
    (void)there.write("var/STOP", "removed\n");
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(ran.err.find("removed") != std::string::npos, ran.err);
    BOOST_TEST(api.requests().empty());
}

BOOST_AUTO_TEST_CASE(the_daemon_asks_nothing_until_the_file_is_removed) {
    order({{"STOP gone"}, {"tok one 55 0"}});
    auto const daemon = there.daemon();
    BOOST_REQUIRE(daemon->wrote("nothing is asked until"));
    BOOST_TEST(orders() == 1U);
    std::filesystem::remove(there.stop_file());
    BOOST_TEST(report().report.starts_with(section("trafikito_one") + "1\n"));
    BOOST_TEST(orders() == 2U);
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_CASE(stop_without_a_reason_stops_too) {
    order({{"STOP"}});
    BOOST_TEST(exited(there.once(), 1));
    BOOST_TEST(std::filesystem::exists(there.stop_file()));
}

BOOST_AUTO_TEST_CASE(stop_in_the_middle_of_an_answer_means_nothing) {
    order({{"tok STOP 55 0"}});
    BOOST_TEST(exited(there.once(), 0));
    order({{"please STOP now"}});
    BOOST_TEST(exited(there.once(), 1));
    BOOST_TEST(!std::filesystem::exists(there.stop_file()));
    BOOST_TEST(api.wait_for(v2_feedback).field("code") == "105");
}

BOOST_AUTO_TEST_CASE(a_v1_api_cannot_stop) {
    pair first(1);
    first.order({{"STOP"}});
    BOOST_TEST(exited(first.there.once(), 0)); // a token alone
    BOOST_TEST(!std::filesystem::exists(first.there.stop_file()));
}

BOOST_AUTO_TEST_SUITE_END()
