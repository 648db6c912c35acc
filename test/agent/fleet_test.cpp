#include "test/agent/fleet.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::test;
using namespace std::chrono_literals;

namespace {

// Each agent asks once and reports once in a minute.
constexpr double steady = 2 * 10'000 / 60.0;

/// Half an hour of trouble after five quiet minutes. Peaks are plain counts of one second, all
/// kinds of requests together: nothing is smoothed.
void check_outage(trouble what, beginning begin = beginning::fresh) {
    fleet_settings settings;
    settings.what = what;
    settings.begin = begin;
    auto const rate = simulate(settings);
    auto const back = settings.outage_from + settings.outage_for;
    BOOST_TEST(mean_rate(rate, 120s, settings.outage_from) == steady,
               boost::test_tools::tolerance(0.02));
    // Once every agent has noticed, it asks no more than it did before.
    BOOST_TEST(mean_rate(rate, settings.outage_from + 120s, back) <= steady);
    BOOST_TEST(peak_rate(rate, back, settings.run_for, 1) < 2 * steady);
    BOOST_TEST(mean_rate(rate, back + 120s, settings.run_for) == steady,
               boost::test_tools::tolerance(0.02));
}

} // namespace

BOOST_AUTO_TEST_SUITE(fleet)

BOOST_AUTO_TEST_CASE(after_an_outage_without_connections_it_does_not_return_in_step) {
    check_outage(trouble::refused);
}

BOOST_AUTO_TEST_CASE(after_an_outage_in_silence_it_does_not_return_in_step) {
    check_outage(trouble::silent);
}

BOOST_AUTO_TEST_CASE(after_a_retry_after_for_everybody_it_does_not_return_in_step) {
    check_outage(trouble::come_back_later);
}

BOOST_AUTO_TEST_CASE(a_moment_that_was_named_to_everybody_does_not_call_all_of_them) {
    check_outage(trouble::come_back_together);
}

BOOST_AUTO_TEST_CASE(restarted_together_it_is_spread_evenly_from_the_start) {
    for (auto const begin : {beginning::fresh, beginning::restarted, beginning::rebooted}) {
        fleet_settings settings;
        settings.begin = begin;
        settings.outage_for = 0s;
        settings.run_for = 600s;
        auto const rate = simulate(settings);
        BOOST_TEST(peak_rate(rate, 0s, settings.run_for, 1) < 1.3 * steady);
        BOOST_TEST(peak_rate(rate, 0s, settings.run_for, 10) < 1.1 * steady);
    }
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_fleet) {
    fleet_settings settings;
    settings.agents = 500;
    BOOST_TEST(simulate(settings) == simulate(settings), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
