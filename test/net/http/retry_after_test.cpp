#include "net/http/retry_after.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::net;
using namespace std::chrono_literals;

namespace {

constexpr auto at_noon = "Tue, 24 Nov 2026 12:00:00 GMT";

long seconds_of(std::string_view value, std::string_view date = {}) {
    return static_cast<long>(http::retry_after(value, date).count());
}

} // namespace

BOOST_AUTO_TEST_SUITE(retry_after)

BOOST_AUTO_TEST_CASE(seconds_are_taken_as_they_are) {
    BOOST_TEST(seconds_of("7") == 7);
    BOOST_TEST(seconds_of(" 120 ") == 120);
    BOOST_TEST(seconds_of("0") == 0);
}

BOOST_AUTO_TEST_CASE(more_than_a_day_counts_as_a_day) {
    BOOST_TEST(seconds_of("99999999999999999999999") == 86'400);
    BOOST_TEST(seconds_of("Tue, 24 Nov 9999 12:00:00 GMT", at_noon) == 86'400);
}

BOOST_AUTO_TEST_CASE(a_date_counts_from_the_clock_of_the_peer) {
    BOOST_TEST(seconds_of("Tue, 24 Nov 2026 12:01:30 GMT", at_noon) == 90);
    BOOST_TEST(seconds_of("Wed, 25 Nov 2026 00:00:00 GMT", at_noon) == 12 * 3600);
    BOOST_TEST(seconds_of("Tue, 24 Nov 2026 11:59:59 GMT", at_noon) == 0); // it is over
    BOOST_TEST(seconds_of("Tue, 24 Nov 2026 12:01:30 GMT") == 0);          // from when?
}

BOOST_AUTO_TEST_CASE(what_is_neither_says_nothing) {
    for (auto const* text : {"", "-1", "1.5", "soon", "7 s", "Tue, 31 Feb 2026 12:00:00 GMT",
                             "Tue, 24 Nov 2026 25:00:00 GMT", "Tue, 24 Foo 2026 12:00:00 GMT",
                             "Tue, 24 Nov 2026 12:00:00 UTC", "Tue, 24-Nov-26 12:00:00 GMT"}) {
        BOOST_TEST(seconds_of(text, "Mon, 23 Nov 2026 12:00:00 GMT") == 0, text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
