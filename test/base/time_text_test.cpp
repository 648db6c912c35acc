#include "base/time_text.hpp"

#include "test/support/time_zone.hpp"

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

std::string local(std::int64_t milliseconds) {
    return base::local_time(base::moment(std::chrono::milliseconds(milliseconds)));
}

BOOST_AUTO_TEST_CASE(people_read_local_time_with_its_offset) {
    test::in_time_zone const zone("CET-1CEST,M3.5.0,M10.5.0/3");
    BOOST_TEST(local(1'795'654'134'042) == "2026-11-26T01:48:54.042+01:00");
    BOOST_TEST(base::local_time(base::wall_time(1'795'654'134'042ms)) ==
               "2026-11-26T01:48:54.042+01:00");
}

BOOST_AUTO_TEST_CASE(the_hour_that_comes_twice_is_told_apart_by_its_offset) {
    test::in_time_zone const zone("CET-1CEST,M3.5.0,M10.5.0/3");
    BOOST_TEST(local(1'792'888'200'000) == "2026-10-25T02:30:00.000+02:00");
    BOOST_TEST(local(1'792'891'800'000) == "2026-10-25T02:30:00.000+01:00");
}

BOOST_AUTO_TEST_CASE(an_offset_has_minutes_and_a_sign) {
    {
        test::in_time_zone const zone("NST3:30");
        BOOST_TEST(local(0) == "1969-12-31T20:30:00.000-03:30");
    }
    {
        test::in_time_zone const zone("UTC0");
        BOOST_TEST(local(0) == "1970-01-01T00:00:00.000+00:00");
    }
    // A local mean time: RFC 3339 has no seconds there, and the moment stays the same.
    test::in_time_zone const zone("LMT-0:53:28");
    BOOST_TEST(local(0) == "1970-01-01T00:53:00.000+00:53");
}

BOOST_AUTO_TEST_CASE(a_clock_may_say_anything) {
    test::in_time_zone const zone("UTC0");
    BOOST_TEST(local(-1) == "1969-12-31T23:59:59.999+00:00");
    BOOST_TEST(local(-62'135'596'800'000 - 1) != "");
    BOOST_TEST(local(9'300'000'000'000) == "2264-09-14T21:20:00.000+00:00");
    BOOST_TEST(base::utc_time(base::moment(9'300'000'000'000ms)) == "2264-09-14T21:20:00.000Z");
    BOOST_TEST(local(std::int64_t{1} << 56) != "");
}

BOOST_AUTO_TEST_CASE(a_span_is_said_in_the_units_that_matter) {
    BOOST_TEST(base::in_words(0s) == "0 ms");
    BOOST_TEST(base::in_words(16ms) == "16 ms");
    BOOST_TEST(base::in_words(1999ms) == "1.9 s");
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
