// Suite clocks: whatever the clocks do, the API is asked once per interval and not less.
#include "test/e2e/installation.hpp"

#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

using namespace trafikito::test;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds day = 24h;
constexpr std::chrono::seconds year = 365 * day;

std::string year_in(std::chrono::seconds ahead) {
    auto const then =
        std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now() + ahead);
    return std::to_string(static_cast<int>(std::chrono::year_month_day(then).year()));
}

/// Plain HTTP: a certificate would be judged by the clock, and rightly so.
struct clocks_fixture {
    clocks_fixture() : api(std::nullopt), there(api.who()) {
        there.write_config(writing::exported);
        there.write_commands("trafikito_one=\"echo 1\"\n");
        there.environment["TRAFIKITO_API_URL"] = api.url();
        there.environment["TRAFIKITO_INTERVAL"] = "1s";
        there.environment["TRAFIKITO_RANDOM_NUMBER"] = "0";
        api.answers(v2_order, {{"tok one 55 0"}});
    }

    /// The log is what tells why, when they do not come.
    void wait_for_more_reports(program const& daemon, std::size_t count) const {
        auto const wanted = api.count(v2_output) + count;
        bool const came = eventually([&] { return api.count(v2_output) >= wanted; });
        BOOST_REQUIRE_MESSAGE(came, "no report in 30 s; the log says: " << daemon.err());
    }

    /// One an interval, and one more for whatever was due or on its way.
    void no_burst_since(steady::time_point begun) const {
        auto const orders = api.requests(v2_order);
        auto const came =
            std::ranges::count_if(orders, [&](auto const& one) { return one.at >= begun; });
        BOOST_TEST(came <= (steady::now() - begun) / 1s + 2);
    }

    strict_api api;
    installation there;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(clocks, clocks_fixture)

BOOST_AUTO_TEST_CASE(one_that_is_set_makes_neither_a_burst_nor_a_silence) {
    there.environment["LD_PRELOAD"] = TRAFIKITO_WALL_CLOCK;
    auto const ahead = there.write("ahead", "0");
    there.environment["WALL_CLOCK_FILE"] = ahead.string();
    auto daemon = there.daemon();
    wait_for_more_reports(*daemon, 1);
    for (auto const step : {-day, day, -year, year}) {
        auto const begun = steady::now();
        (void)there.write("ahead.new", std::to_string(step.count()));
        std::filesystem::rename(there.base() / "ahead.new", ahead);
        wait_for_more_reports(*daemon, 2);
        no_burst_since(begun);
    }
    BOOST_TEST(daemon->err().find(year_in(year) + "-") != std::string::npos, daemon->err());
    // Nor does a restart on the other side of it.
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
    (void)there.write("ahead", std::to_string(-day.count()));
    auto const last = api.requests(v2_order).back().at;
    daemon = there.daemon();
    wait_for_more_reports(*daemon, 2);
    no_burst_since(last);
}

BOOST_AUTO_TEST_CASE(after_a_stop_of_the_process_nothing_is_made_up_for) {
    auto const daemon = there.daemon();
    wait_for_more_reports(*daemon, 1);
    daemon->signal(SIGSTOP);
    std::this_thread::sleep_for(4s); // four cycles are due
    auto const begun = steady::now();
    daemon->signal(SIGCONT);
    wait_for_more_reports(*daemon, 2);
    no_burst_since(begun);
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_SUITE_END()
