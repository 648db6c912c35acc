#include "agent/cycle/schedule.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <vector>

using namespace trafikito;

using namespace trafikito::agent;
using namespace std::chrono_literals;

namespace {

struct schedule_fixture {
    std::mt19937 engine{1};
    base::clock::steady_time start{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(schedule, schedule_fixture)

BOOST_AUTO_TEST_CASE(random_number_is_the_first_wait_but_never_too_early) {
    BOOST_TEST((cycle::first_wait(17s, {0ms, {}}, 60s, engine) == 17s));
    BOOST_TEST((cycle::first_wait(17s, {40s, 40s}, 60s, engine) == 40s));
    BOOST_TEST((cycle::first_wait(0s, {0ms, 30s}, 60s, engine) == 0s));
}

BOOST_AUTO_TEST_CASE(without_it_the_first_wait_is_any_of_what_is_left_of_an_interval) {
    for (auto const early : {0ms, 40'000ms}) {
        std::vector<int> seen(static_cast<std::size_t>((60s - early) / 1s));
        for (std::size_t i = 0; i < 100 * seen.size(); ++i) {
            auto const wait = cycle::first_wait({}, {early, {}}, 60s, engine);
            BOOST_REQUIRE((wait >= early && wait < 60s));
            ++seen.at(static_cast<std::size_t>((wait - early) / 1s));
        }
        BOOST_TEST(*std::ranges::min_element(seen) > 50);
        BOOST_TEST(*std::ranges::max_element(seen) < 150);
    }
}

BOOST_AUTO_TEST_CASE(who_asked_just_before_waits_for_no_second_interval) {
    for (auto const early : {59'999ms, 60'000ms, 63'100ms}) { // the last: no answer came
        for (int i = 0; i < 100; ++i) {
            BOOST_TEST((cycle::first_wait({}, {early, {}}, 60s, engine) == early));
        }
    }
}

BOOST_AUTO_TEST_CASE(where_the_disk_keeps_nothing_a_fleet_is_spread_behind_the_demand) {
    auto longest = 0ms;
    for (int i = 0; i < 1'000; ++i) {
        auto const wait =
            cycle::first_wait({}, {.early = 60s, .in_step = {}, .kept = false}, 60s, engine);
        BOOST_REQUIRE((wait >= 60s && wait < 120s));
        longest = std::max(longest, wait);
    }
    BOOST_TEST((longest > 110s));
}

BOOST_AUTO_TEST_CASE(what_was_in_step_before_a_restart_stays_so) {
    BOOST_TEST((cycle::first_wait({}, {40s, 40s}, 60s, engine) == 40s));
    BOOST_TEST((cycle::first_wait({}, {0s, 7s}, 60s, engine) == 7s));
}

BOOST_AUTO_TEST_CASE(the_next_due_time_is_in_step_unless_that_is_past) {
    BOOST_TEST((cycle::next_due(start, 60s, start) == start + 60s));
    BOOST_TEST((cycle::next_due(start, 60s, start + 59s) == start + 60s));
    BOOST_TEST((cycle::next_due(start, 60s, start + 60s) == start + 120s));
    BOOST_TEST((cycle::next_due(start, 60s, start + 1h) == start + 1h + 60s));
}

BOOST_AUTO_TEST_CASE(an_order_leaves_its_commands_their_time_but_no_more_than_half) {
    BOOST_TEST((cycle::order_limit(start, 60s, 10s) == start + 50s));
    BOOST_TEST((cycle::order_limit(start, 60s, 50s) == start + 30s));
}

BOOST_AUTO_TEST_SUITE_END()
