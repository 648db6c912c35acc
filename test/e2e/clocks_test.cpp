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
namespace unit = boost::unit_test;
using steady = std::chrono::steady_clock;

namespace {

constexpr auto faketime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TRAFIKITO_SANITIZED
#endif
#endif

auto can_fake_time() {
#ifdef TRAFIKITO_SANITIZED
    bool const can = false; // a sanitizer wants to be the first library
#else
    bool const can = std::filesystem::exists(faketime);
#endif
    return unit::precondition([can](unit::test_unit_id) {
        boost::test_tools::assertion_result result(can);
        result.message() << "libfaketime is not installed, or a sanitizer does not bear it";
        return result;
    });
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

BOOST_AUTO_TEST_CASE(one_that_is_set_makes_neither_a_burst_nor_a_silence, *can_fake_time()) {
    there.environment["LD_PRELOAD"] = faketime;
    auto const now = there.write("now", "+0");
    there.environment["FAKETIME_TIMESTAMP_FILE"] = now.string();
    there.environment["FAKETIME_NO_CACHE"] = "1";
    there.environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
    auto daemon = there.daemon();
    (void)api.wait_for(v2_output);
    for (auto const* const step : {"-1d", "+1d", "-365d", "+365d"}) {
        auto const begun = steady::now();
        (void)there.write("now.new", step);
        std::filesystem::rename(there.base() / "now.new", now);
        (void)api.wait_for(v2_output, api.count(v2_output) + 2);
        no_burst_since(begun);
    }
    // Nor does a restart on the other side of it.
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
    (void)there.write("now", "-30d");
    auto const last = api.requests(v2_order).back().at;
    daemon = there.daemon();
    (void)api.wait_for(v2_output, api.count(v2_output) + 2);
    no_burst_since(last);
}

BOOST_AUTO_TEST_CASE(after_a_stop_of_the_process_nothing_is_made_up_for) {
    auto const daemon = there.daemon();
    (void)api.wait_for(v2_output, 1);
    daemon->signal(SIGSTOP);
    std::this_thread::sleep_for(4s); // four cycles are due
    auto const begun = steady::now();
    daemon->signal(SIGCONT);
    (void)api.wait_for(v2_output, api.count(v2_output) + 2);
    no_burst_since(begun);
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_SUITE_END()
