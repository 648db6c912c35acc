#include "server/api/machines.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace trafikito;
using namespace std::chrono_literals;

namespace {

struct machines_fixture {
    /// Of the boot that is called by one hexadecimal digit.
    std::optional<server::api::machines::finding> saw(char boot, std::string_view interval = "60") {
        now += 30s;
        return all.saw("srv", std::string(8, boot) + "-0000-4000-8000-000000000000", interval, now);
    }

    server::api::machines all;
    base::wall_time now{std::chrono::seconds(1'800'000'000)};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(machines, machines_fixture)

BOOST_AUTO_TEST_CASE(one_machine_that_boots_again_and_again_is_one) {
    for (char const boot : std::string("aabbbcdddef0")) {
        BOOST_TEST(!saw(boot).has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_boot_that_comes_back_is_a_second_machine) {
    (void)saw('a');
    (void)saw('b');
    auto const found = saw('a');
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->machines == 2U);
    BOOST_TEST(found->times == 1U);
    BOOST_TEST(found->say);
    BOOST_TEST(found->note);
}

BOOST_AUTO_TEST_CASE(it_is_said_once_an_hour_and_counted) {
    int said = 0;
    int noted = 0;
    for (int minute = 0; minute < 61; ++minute) {
        (void)saw('a');
        auto const found = saw('b');
        said += found && found->say ? 1 : 0;
        noted += found && found->note ? 1 : 0;
    }
    auto const last = saw('a');
    BOOST_REQUIRE(last.has_value());
    BOOST_TEST(last->times == 121U);
    BOOST_TEST(said <= 1); // by b: the first was a's
    BOOST_TEST(noted <= 7);
}

BOOST_AUTO_TEST_CASE(three_that_take_turns_are_three) {
    for (char const boot : std::string("abc")) {
        (void)saw(boot);
    }
    auto const found = saw('a');
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->machines == 3U);
}

BOOST_AUTO_TEST_CASE(who_goes_back_to_a_snapshot_much_later_is_one) {
    (void)saw('a');
    (void)saw('b');
    now += 10min;
    BOOST_TEST(!saw('a').has_value());
}

BOOST_AUTO_TEST_CASE(of_long_intervals_the_time_is_longer) {
    (void)saw('a', "600");
    (void)saw('b', "600");
    now += 30min;
    BOOST_TEST(saw('a', "600").has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_boot_id_is_not_looked_at) {
    for (std::string_view const boot :
         {"", "a", "aaaaaaaa-0000-4000-8000-00000000000", "aaaaaaaa-0000-4000-8000-0000000000000",
          "aaaaaaaa-0000-4000-8000-00000000000g", "aaaaaaaa_0000_4000_8000_000000000000"}) {
        for (int turn = 0; turn < 2; ++turn) {
            (void)all.saw("srv", boot, "60", now);
            BOOST_TEST(!all.saw("srv", "bbbbbbbb-0000-4000-8000-000000000000", "60", now));
        }
    }
    BOOST_TEST(!all.saw("srv", std::string(1'000'000, 'a'), "60", now));
}

BOOST_AUTO_TEST_CASE(an_interval_that_is_none_counts_as_none) {
    for (std::string_view const interval :
         {"", "-1", "0", "1e9", "99999999999999999999", "86401", "60 "}) {
        server::api::machines one;
        auto const saw_at = [&](char boot, base::wall_time when) {
            return one.saw("srv", std::string(8, boot) + "-0000-4000-8000-000000000000", interval,
                           when);
        };
        (void)saw_at('a', now);
        (void)saw_at('b', now);
        BOOST_TEST(!saw_at('a', now + 11min).has_value(), interval);
    }
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_set_back_accuses_nobody) {
    (void)saw('a');
    (void)saw('b');
    now -= 1h;
    BOOST_TEST(!saw('a').has_value());
}

BOOST_AUTO_TEST_CASE(whoever_sends_boots_without_end_keeps_little) {
    for (int number = 0; number < 100; ++number) {
        auto id = std::to_string(10'000'000 + number) + "-0000-4000-8000-000000000000";
        (void)all.saw("srv", id, "60", now);
    }
    BOOST_TEST(!all.saw("srv", "10000000-0000-4000-8000-000000000000", "60", now).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
