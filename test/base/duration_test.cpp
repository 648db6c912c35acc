#include "base/duration.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using trafikito::base::parse_duration;

BOOST_AUTO_TEST_SUITE(duration)

BOOST_AUTO_TEST_CASE(durations_have_a_unit_or_are_seconds) {
    BOOST_TEST(base::parse_duration("90").value().count() == 90);
    BOOST_TEST(base::parse_duration("0s").value().count() == 0);
    BOOST_TEST(base::parse_duration("5m").value().count() == 300);
    BOOST_TEST(base::parse_duration("1h").value().count() == 3600);
    BOOST_TEST(base::parse_duration("7d").value().count() == 604800);
    for (auto const* bad :
         {"", "s", "-1", "1w", "1 s", "1.5h", "99999999999999999999", "999999999d"}) {
        BOOST_TEST(!base::parse_duration(bad).has_value(), bad);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
