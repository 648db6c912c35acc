#include "base/duration.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>

using trafikito::base::parse_duration;

namespace {

std::int64_t milliseconds_of(char const* text) {
    return parse_duration(text).value().count();
}

} // namespace

BOOST_AUTO_TEST_SUITE(duration)

BOOST_AUTO_TEST_CASE(durations_have_a_unit_or_are_seconds) {
    BOOST_TEST(milliseconds_of("500ms") == 500);
    BOOST_TEST(milliseconds_of("90") == 90'000);
    BOOST_TEST(milliseconds_of("0s") == 0);
    BOOST_TEST(milliseconds_of("5m") == 300'000);
    BOOST_TEST(milliseconds_of("1h") == 3'600'000);
    BOOST_TEST(milliseconds_of("7d") == 604'800'000);
}

BOOST_AUTO_TEST_CASE(what_is_of_no_such_form_is_none) {
    for (auto const* bad : {"", "s", "-1", "+1", "1w", "1 s", "1.5h", "1S", " 1s"}) {
        BOOST_TEST(!parse_duration(bad).has_value(), bad);
    }
}

BOOST_AUTO_TEST_CASE(what_is_too_long_is_the_longest) {
    for (auto const* text :
         {"99999999999999999999", "9223372036854775807d", "9223372036854775808ms"}) {
        BOOST_TEST(milliseconds_of(text) == std::numeric_limits<std::int64_t>::max());
    }
    BOOST_TEST(milliseconds_of("9223372036854775807ms") ==
               std::numeric_limits<std::int64_t>::max());
}

BOOST_AUTO_TEST_SUITE_END()
