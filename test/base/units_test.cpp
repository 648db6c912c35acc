#include "base/units.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(units)

BOOST_AUTO_TEST_CASE(a_duration_is_never_said_to_be_nothing_when_it_is_something) {
    BOOST_TEST(base::in_seconds(0ms) == "0 ms");
    BOOST_TEST(base::in_seconds(16ms) == "16 ms");
    BOOST_TEST(base::in_seconds(999ms) == "999 ms");
    BOOST_TEST(base::in_seconds(1s) == "1 s");
    BOOST_TEST(base::in_seconds(1999ms) == "1.9 s");
    BOOST_TEST(base::in_seconds(90s) == "90 s");
    BOOST_TEST(base::in_seconds(-5s) == "0 ms");
}

BOOST_AUTO_TEST_CASE(a_report_has_seconds_alone) {
    BOOST_TEST(base::in_seconds_alone(324ms) == "0.3 s");
    BOOST_TEST(base::in_seconds_alone(30s) == "30 s");
}

BOOST_AUTO_TEST_CASE(sizes_are_powers_of_1024) {
    BOOST_TEST(base::in_bytes(1) == "1 byte");
    BOOST_TEST(base::in_bytes(812) == "812 bytes");
    BOOST_TEST(base::in_bytes(12'600) == "12.3 KiB");
    BOOST_TEST(base::in_bytes(4UL << 20U) == "4.0 MiB");
    BOOST_TEST(base::in_bytes(4UL << 30U) == "4.0 GiB");
}

BOOST_AUTO_TEST_SUITE_END()
