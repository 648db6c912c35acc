#include "net/retry/retry_policy.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace trafikito::net;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

struct policy_fixture {
    retry::retry_policy policy = retry::policy_for(60s, 3);
    retry::retry_memory memory;
    std::mt19937 engine{1};
    link::steady_time start{1h};

    retry::tries orders(link::steady_time until) {
        return {policy, memory, memory.orders_answered, until};
    }

    /// The least and the longest of many draws.
    template <class Draw>
    static std::pair<milliseconds, milliseconds> range_of(Draw draw) {
        auto least = milliseconds::max();
        milliseconds longest{0};
        for (int i = 0; i < 5'000; ++i) {
            auto const one = draw();
            least = std::min(least, one);
            longest = std::max(longest, one);
        }
        return {least, longest};
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(retry_policy, policy_fixture)

BOOST_AUTO_TEST_CASE(the_wait_is_anything_up_to_a_bound_that_doubles_up_to_the_cap) {
    milliseconds const bounds[] = {2s, 4s, 8s, 16s, 20s, 20s};
    for (std::uint64_t failed = 0; failed < std::size(bounds); ++failed) {
        auto const [least, longest] = range_of([&] { return policy.delay(failed, engine); });
        BOOST_TEST(least.count() < bounds[failed].count() / 50);
        BOOST_TEST(longest.count() <= bounds[failed].count());
        BOOST_TEST(longest.count() > bounds[failed].count() * 49 / 50);
    }
    BOOST_TEST(policy.delay(1'000'000, engine).count() <= 20'000);
}

BOOST_AUTO_TEST_CASE(retry_after_is_the_least_wait_up_to_one_interval) {
    auto const [least, longest] = range_of([&] { return policy.delay_after(0, 10s, engine); });
    BOOST_TEST((least >= 10s && least < 11s));
    BOOST_TEST((longest <= 30s && longest > 29s));
    auto const day = range_of([&] { return policy.delay_after(0, 24h, engine); });
    BOOST_TEST((day.first >= 60s && day.first < 65s));
}

BOOST_AUTO_TEST_CASE(a_short_interval_has_short_waits) {
    auto const quick = retry::policy_for(1s, 3);
    BOOST_TEST((quick.base == 33ms && quick.cap == 333ms));
    BOOST_TEST((retry::policy_for(24h, 3).cap == 20s));
    auto const none = retry::policy_for(1ms, 3);
    BOOST_TEST(none.delay(3, engine).count() == 0);
}

BOOST_AUTO_TEST_CASE(there_are_as_many_tries_after_the_first_as_retries_says) {
    for (std::uint64_t retries : {0U, 1U, 3U}) {
        policy.retries = retries;
        memory = {};
        auto attempts = orders(link::no_limit);
        std::uint64_t more = 0;
        while (attempts.failed(start, 0s, engine)) {
            ++more;
        }
        BOOST_TEST(more == retries);
        BOOST_TEST(attempts.ended() == retries + 1);
    }
}

BOOST_AUTO_TEST_CASE(no_try_begins_at_the_end_or_beyond) {
    for (int i = 0; i < 1'000; ++i) {
        memory = {};
        auto attempts = orders(start + 1s);
        if (auto const next = attempts.failed(start, 0s, engine)) {
            BOOST_TEST((*next < start + 1s));
        }
    }
    memory = {};
    auto attempts = orders(start);
    BOOST_TEST(!attempts.failed(start, 0s, engine).has_value());
}

BOOST_AUTO_TEST_CASE(a_first_try_that_comes_late_has_its_time_and_later_ones_end_in_time) {
    auto attempts = orders(start + 1s);
    BOOST_TEST((attempts.limit(start) == start + 10s));
    (void)attempts.failed(start, 0s, engine);
    BOOST_TEST((attempts.limit(start) == start + 1s));
}

BOOST_AUTO_TEST_CASE(while_the_api_is_away_each_cycle_tries_once_until_one_is_answered) {
    auto first = orders(link::no_limit);
    while (first.failed(start, 0s, engine)) {
    }
    BOOST_TEST(first.ended() == 4U);
    for (int cycle = 0; cycle < 3; ++cycle) {
        auto attempts = orders(link::no_limit);
        BOOST_TEST(!attempts.failed(start, 0s, engine).has_value());
    }
    orders(link::no_limit).succeeded();
    auto next = orders(link::no_limit);
    BOOST_TEST(next.failed(start, 0s, engine).has_value());
}

BOOST_AUTO_TEST_CASE(that_orders_are_answered_says_nothing_about_reports) {
    memory.reports_answered = false;
    orders(link::no_limit).succeeded();
    BOOST_TEST(!memory.reports_answered);
}

BOOST_AUTO_TEST_CASE(nothing_begins_before_a_retry_after_has_passed) {
    auto attempts = orders(start + 30s);
    BOOST_TEST(!attempts.failed(start, 45s, engine).has_value());
    auto next = orders(link::no_limit);
    BOOST_TEST(!next.may_begin(start + 45s - 1ms));
    BOOST_TEST(next.may_begin(start + 45s));
    (void)next.failed(start + 45s, 24h, engine);
    BOOST_TEST(!orders(link::no_limit).may_begin(start + 105s - 1ms));
    BOOST_TEST(orders(link::no_limit).may_begin(start + 105s));
}

BOOST_AUTO_TEST_SUITE_END()
