#include "server/http/overload.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace {

using load_control = trafikito::server::http::overload;

int told(load_control& load, int of) {
    int count = 0;
    for (int i = 0; i < of; ++i) {
        count += load.tells_one() ? 1 : 0;
    }
    return count;
}

void begin(load_control& load, int count) {
    for (int i = 0; i < count; ++i) {
        load.began();
    }
}

BOOST_AUTO_TEST_SUITE(overload)

BOOST_AUTO_TEST_CASE(where_nobody_is_served_nobody_is_told_either) {
    load_control load;
    BOOST_TEST(told(load, 100) == 0);
}

BOOST_AUTO_TEST_CASE(half_as_many_are_told_as_are_served) {
    load_control load;
    for (int i = 0; i < 10; ++i) {
        begin(load, 20);
        BOOST_TEST(told(load, 100) == 10);
    }
}

BOOST_AUTO_TEST_CASE(a_quiet_day_saves_up_for_no_flood_of_answers) {
    load_control load;
    begin(load, 100'000);
    BOOST_TEST(told(load, 100'000) == 32);
}

BOOST_AUTO_TEST_CASE(they_are_not_told_to_come_back_together) {
    load_control load;
    std::set<unsigned> pauses;
    for (int i = 0; i < 41; ++i) {
        pauses.insert(load.pause());
    }
    BOOST_TEST(pauses.size() == 41U);
    BOOST_TEST(*pauses.begin() >= 20U);
    BOOST_TEST(*pauses.rbegin() <= 60U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
