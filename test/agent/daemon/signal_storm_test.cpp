#include "agent/daemon/signal_storm.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace std::chrono_literals;
namespace daemon = trafikito::agent::daemon;

struct fixture {
    daemon::signal_storm storm;
    daemon::signal_storm::time_point now{};

    /// Which of so many signals makes it a storm; 0: none of them.
    int storm_at(std::string const& command, int signals, std::chrono::milliseconds apart) {
        int found = 0;
        for (int number = 1; number <= signals; ++number) {
            if (storm.one_more(command, now) && found == 0) {
                found = number;
            }
            now += apart;
        }
        return found;
    }
};

BOOST_FIXTURE_TEST_SUITE(signal_storm, fixture)

BOOST_AUTO_TEST_CASE(the_sixteenth_within_a_second_is_one) {
    BOOST_TEST(storm_at("trafikito_a", 100, 1ms) == 16);
}

BOOST_AUTO_TEST_CASE(fifteen_a_second_are_none) {
    BOOST_TEST(storm_at("trafikito_a", 100, 67ms) == 0);
}

BOOST_AUTO_TEST_CASE(nobody_is_blamed_for_the_signals_of_another) {
    BOOST_TEST(storm_at("trafikito_a", 15, 1ms) == 0);
    BOOST_TEST(storm_at("trafikito_b", 15, 1ms) == 0);
    BOOST_TEST(storm_at("trafikito_a", 1, 1ms) == 1);
    BOOST_TEST(storm_at("trafikito_b", 1, 1ms) == 1);
}

BOOST_AUTO_TEST_CASE(after_a_storm_it_is_counted_anew) {
    BOOST_TEST(storm_at("trafikito_a", 16, 1ms) == 16);
    BOOST_TEST(storm_at("trafikito_a", 15, 1ms) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
