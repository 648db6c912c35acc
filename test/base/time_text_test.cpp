#include "base/time_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;

std::int64_t milliseconds(std::string_view text) {
    auto const time = base::parse_utc_time(text);
    return time ? std::chrono::duration_cast<std::chrono::milliseconds>(time->time_since_epoch())
                      .count()
                : -1;
}

BOOST_AUTO_TEST_SUITE(time_text)

BOOST_AUTO_TEST_CASE(a_time_that_was_written_is_read_again) {
    BOOST_TEST(milliseconds("2027-01-15T08:00:00.042Z") == 1'800'000'000'042);
    for (std::int64_t const each : {0LL, 1LL, 951'782'399'999LL, 951'782'400'000LL,
                                    1'709'164'800'000LL, 4'102'444'799'000LL}) {
        BOOST_TEST(milliseconds(base::utc_time(base::wall_time(std::chrono::milliseconds(each)))) ==
                   each);
    }
}

BOOST_AUTO_TEST_CASE(a_fraction_has_any_number_of_digits_up_to_nine_or_none) {
    auto const whole = 1'800'000'000'000;
    BOOST_TEST(milliseconds("2027-01-15T08:00:00Z") == whole);
    BOOST_TEST(milliseconds("2027-01-15T08:00:00.5Z") == whole + 500);
    BOOST_TEST(milliseconds("2027-01-15T08:00:00.05Z") == whole + 50);
    BOOST_TEST(milliseconds("2027-01-15T08:00:00.123456789Z") == whole + 123);
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_time) {
    for (auto const* text : {"",
                             "Z",
                             "2027-01-15",
                             "2027-01-15T08:00:00",
                             "2027-01-15T08:00:00.Z",
                             "2027-01-15T08:00:00.1234567890Z",
                             "2027-01-15T08:00:00.042",
                             "2027-01-15t08:00:00z",
                             "2027-01-15 08:00:00Z",
                             "2027-01-15T08:00:00+00:00",
                             "2027-13-15T08:00:00Z",
                             "2027-00-15T08:00:00Z",
                             "2027-02-29T08:00:00Z",
                             "2027-01-00T08:00:00Z",
                             "2027-01-15T24:00:00Z",
                             "2027-01-15T08:60:00Z",
                             "2027-01-15T08:00:60Z",
                             "-027-01-15T08:00:00Z",
                             "+027-01-15T08:00:00Z",
                             "2027-1-15T08:00:00Z",
                             "1969-12-31T23:59:59Z",
                             "2262-04-12T00:00:00Z",
                             "9999-12-31T23:59:59Z",
                             "2027-01-15T08:00:00Zx",
                             " 2027-01-15T08:00:00Z",
                             "2027-01-15T08:00:00.0 2Z"}) {
        BOOST_TEST(milliseconds(text) == -1, text);
    }
    BOOST_TEST(milliseconds(std::string_view("2027-01-15T08:00:00Z\0", 21)) == -1);
}

BOOST_AUTO_TEST_CASE(a_span_is_said_in_the_units_that_matter) {
    BOOST_TEST(base::in_words(0s) == "0 s");
    BOOST_TEST(base::in_words(59s) == "59 s");
    BOOST_TEST(base::in_words(60s) == "1 min");
    BOOST_TEST(base::in_words(14min + 59s) == "14 min");
    BOOST_TEST(base::in_words(3h) == "3 h");
    BOOST_TEST(base::in_words(3h + 20min) == "3 h 20 min");
    BOOST_TEST(base::in_words(51h) == "2 d 3 h");
    BOOST_TEST(base::in_words(48h + 59min) == "2 d");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
