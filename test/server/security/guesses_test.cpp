#include "server/security/guesses.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace std::chrono_literals;
using trafikito::server::security::guesses;

struct fixture {
    guesses limits;
    guesses::time now{1h};

    bool may(std::string_view address, std::string_view account, std::string_view device = "") {
        return !limits.refuse({address, account, device}, now);
    }
    int how_many(std::string_view address, std::string_view account, std::string_view device = "") {
        int made = 0;
        while (made < 1000 && may(address, account, device)) {
            ++made;
        }
        return made;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(guesses, fixture)

BOOST_AUTO_TEST_CASE(one_address_guesses_ten_times_a_minute_whatever_the_names) {
    for (int i = 0; i < 10; ++i) {
        BOOST_TEST(may("192.0.2.1", "name " + std::to_string(i)));
    }
    BOOST_TEST(!may("192.0.2.1", "another"));
    BOOST_TEST(may("192.0.2.2", "another"));
}

BOOST_AUTO_TEST_CASE(one_account_is_guessed_ten_times_a_minute_from_wherever) {
    for (int i = 0; i < 10; ++i) {
        BOOST_TEST(may("192.0.2." + std::to_string(i), "admin"));
    }
    BOOST_TEST(!may("198.51.100.1", "admin"));
    BOOST_TEST(may("198.51.100.1", "other"));
}

BOOST_AUTO_TEST_CASE(who_guesses_cannot_keep_out_who_comes_from_a_device_that_is_known) {
    how_many("192.0.2.1", "admin");
    for (int i = 0; i < 300; ++i) {
        how_many("198.51.100." + std::to_string(i), "admin");
    }
    BOOST_TEST(!may("192.0.2.1", "admin"));
    BOOST_TEST(how_many("192.0.2.1", "admin", "device") == 10);
    BOOST_TEST(may("192.0.2.1", "admin", "another device"));
}

BOOST_AUTO_TEST_CASE(a_device_is_no_way_around_the_limits_of_others) {
    how_many("192.0.2.1", "admin", "device");
    BOOST_TEST(!may("203.0.113.1", "admin", "device"));
    BOOST_TEST(how_many("192.0.2.1", "admin") == 10);
}

BOOST_AUTO_TEST_CASE(it_is_said_how_long_to_wait_and_that_is_true) {
    BOOST_TEST(may("a", "admin"));
    now += 20s;
    BOOST_TEST(how_many("a", "admin") == 9);
    auto const wait = limits.refuse({"a", "admin", ""}, now);
    BOOST_TEST(wait.value().count() == 40);
    now += *wait - 1ms;
    BOOST_TEST(!may("a", "admin"));
    now += 1ms;
    BOOST_TEST(how_many("a", "admin") == 1);
    now += 60s;
    BOOST_TEST(how_many("a", "admin") == 10);
}

BOOST_AUTO_TEST_CASE(what_is_refused_does_not_count_and_what_was_right_neither) {
    how_many("a", "admin");
    now += 59s;
    BOOST_TEST(!may("a", "admin"));
    now += 1s;
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(may("a", "admin"));
        limits.forgive({"a", "admin", ""});
    }
    BOOST_TEST(how_many("a", "admin") == 10);
}

BOOST_AUTO_TEST_CASE(whoever_floods_it_makes_it_forget_nobody) {
    trafikito::server::security::guesses small({.remembered = 16});
    auto const ask = [&](std::string const& address, std::string const& account,
                         std::string_view device = "") {
        return small.refuse({address, account, device}, now);
    };
    for (int i = 0; i < 10; ++i) {
        BOOST_TEST(!ask("victim's", "admin"));
    }
    for (int i = 0; i < 1000; ++i) {
        ask(std::to_string(i), "nobody " + std::to_string(i));
    }
    BOOST_TEST(ask("fresh", "admin").has_value());
    BOOST_TEST(ask("fresh", "fresh").has_value()); // there is no room to count it
    BOOST_TEST(!ask("fresh", "admin", "device"));
    now += 60s;
    BOOST_TEST(!ask("fresh", "fresh"));
    BOOST_TEST(!ask("fresh", "admin"));
}

BOOST_AUTO_TEST_CASE(names_without_end_are_cut) {
    std::string const name(1'000'000, 'x');
    BOOST_TEST(how_many("a", name) == 10);
    limits.forgive({"a", name, ""});
    BOOST_TEST(may("a", name));
}

BOOST_AUTO_TEST_SUITE_END()
