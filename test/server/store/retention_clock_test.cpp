#include "server/store/retention_clock.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using server::store::boot_time;

constexpr auto year = 24h * 365;

// A machine: what passes, passes for both of its clocks; the wall clock can be set.
struct fixture {
    base::wall_time const begin{std::chrono::seconds(1'800'000'000)};
    base::wall_time wall = begin;
    boot_time up = 5min;
    server::store::retention_clock clock{std::nullopt, wall, up};

    void pass(std::chrono::seconds time) {
        wall += time;
        up += time;
    }
    server::store::retention_clock::reading read() { return clock.read(wall, up); }
    bool is_news() { return read().news.has_value(); }
    /// Each hour something is stored.
    void run_for(std::chrono::hours time) {
        for (auto hour = 0h; hour < time; ++hour) {
            pass(1h);
            read();
        }
    }
    /// Another process, perhaps of another boot.
    void restart(std::chrono::seconds away, bool reboot = false) {
        auto const memory = clock.remembered();
        wall += away;
        up = reboot ? boot_time(10s) : up + away;
        clock = server::store::retention_clock(memory, wall, up);
    }
    std::chrono::seconds age() { // of what was stored in the beginning
        return std::chrono::duration_cast<std::chrono::seconds>(read().now - begin);
    }
};

BOOST_FIXTURE_TEST_SUITE(retention_clock, fixture)

BOOST_AUTO_TEST_CASE(a_clock_that_goes_on_is_believed_and_nothing_is_said) {
    for (int minute = 0; minute < 100; ++minute) {
        pass(1min);
        wall += 100ms; // as it is kept right
        auto const found = read();
        BOOST_TEST((found.now == wall));
        BOOST_TEST(!found.news.has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_jump_ahead_for_a_moment_ages_nothing_and_is_said_once) {
    pass(1min);
    wall += year;
    auto const first = read();
    BOOST_TEST((first.now == begin + 1min));
    BOOST_TEST(first.news.value().find("was expected") != std::string::npos);
    pass(1min);
    BOOST_TEST(!is_news());
    wall -= year;
    BOOST_TEST(read().news.value().find("as expected again") != std::string::npos);
    BOOST_TEST(!is_news());
    BOOST_TEST((age() == 2min));
}

BOOST_AUTO_TEST_CASE(a_clock_that_stands_for_a_day_is_believed_and_ages_nothing_either) {
    for (auto const jump : {year, -year}) {
        auto const before = age();
        wall += jump;
        run_for(23h);
        BOOST_TEST((clock.remembered().believed != wall));
        run_for(1h);
        pass(1h);
        read();
        BOOST_TEST((clock.remembered().believed == wall));
        BOOST_TEST((age() == before + 25h));
    }
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_again_and_again_is_never_believed) {
    for (int day = 0; day < 10; ++day) {
        wall += 5h;
        run_for(20h);
    }
    BOOST_TEST((age() == 200h));
    BOOST_TEST(clock.remembered().doubted.has_value());
}

BOOST_AUTO_TEST_CASE(a_machine_without_a_battery_begins_in_1970_at_each_boot) {
    run_for(100h);
    for (int boot = 0; boot < 3; ++boot) {
        auto const right = wall;
        auto const before = age();
        restart(2min, true);
        wall = base::wall_time(10s);
        read();
        pass(1min);
        BOOST_TEST((age() <= before + 5min));
        wall = right + 4min; // the network has set it
        BOOST_TEST((read().now == wall));
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_was_off_for_a_month_deletes_nothing_for_that) {
    run_for(10h);
    restart(24h * 30, true);
    BOOST_TEST(is_news());
    BOOST_TEST((age() == 10h));
    run_for(30h);
    BOOST_TEST((clock.remembered().believed == wall));
    BOOST_TEST((age() == 40h));
}

BOOST_AUTO_TEST_CASE(the_day_of_a_doubted_clock_outlives_a_restart_but_not_another_time) {
    wall += year;
    run_for(20h);
    restart(30s);
    read();
    run_for(5h);
    BOOST_TEST(!clock.remembered().doubted.has_value());
    wall += year;
    run_for(20h);
    restart(30s, true);
    wall += year; // it says something else than before
    run_for(5h);
    BOOST_TEST(clock.remembered().doubted.has_value());
}

BOOST_AUTO_TEST_CASE(a_time_in_which_the_machine_slept_is_time) {
    run_for(1h);
    pass(24h * 3); // the boot clock counts it
    BOOST_TEST(!is_news());
    BOOST_TEST((age() == 73h));
}

BOOST_AUTO_TEST_CASE(once_a_day_an_undoubted_clock_is_settled) {
    int settled = 0;
    for (int hour = 0; hour < 48; ++hour) {
        pass(1h);
        settled += read().settled ? 1 : 0;
    }
    BOOST_TEST(settled == 2);
    wall += year;
    pass(1h);
    BOOST_TEST(!read().settled);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
