#include "server/people/newest_values.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;
namespace people = server::people;

constexpr std::int64_t minute = 60'000;

struct fixture {
    people::label_pool labels;
    people::newest_values values;

    fixture() {
        learn(1, "load_1", "");
        learn(2, "disk_used", "/");
        learn(3, "disk_used", "/home");
    }
    void learn(std::int64_t series, std::string name, std::string instance) {
        values.learn(series,
                     labels.find({"trafikito_x", std::move(name), std::move(instance), ""}));
    }
};

BOOST_FIXTURE_TEST_SUITE(newest_values, fixture)

BOOST_AUTO_TEST_CASE(the_newest_counts_whatever_came_last) {
    values.take(1, 0.5, 100 * minute);
    values.take(1, 7, 98 * minute); // late
    BOOST_TEST(values.newest("load_1").value() == 0.5);
    BOOST_TEST(!values.newest("memory_used").has_value());
}

BOOST_AUTO_TEST_CASE(the_hour_ends_with_this_minute_and_late_ones_stand_in_their_place) {
    values.take(1, 0.5, 100 * minute + 7);
    values.take(1, 7, 98 * minute);
    auto const hour = values.hour(101 * minute);
    BOOST_REQUIRE(hour.size() == 60U);
    BOOST_TEST(hour[59].is_null());
    BOOST_TEST(hour[58].as_double() == 0.5);
    BOOST_TEST(hour[57].is_null());
    BOOST_TEST(hour[56].as_double() == 7);
    BOOST_TEST(hour[0].is_null());
}

BOOST_AUTO_TEST_CASE(what_is_older_than_an_hour_is_not_in_it) {
    values.take(1, 0.5, 100 * minute);
    auto const later = values.hour(160 * minute);
    BOOST_TEST(boost::json::serialize(later).find("0.5") == std::string::npos);
    values.take(1, 9, 40 * minute); // an hour before: the same place
    BOOST_TEST(values.hour(100 * minute)[59].as_double() == 0.5);
}

BOOST_AUTO_TEST_CASE(a_disk_that_was_taken_out_is_not_the_fullest) {
    values.take(2, 40, 100 * minute);
    values.take(3, 97, 100 * minute);
    BOOST_TEST(values.fullest_disk().value().name == "/home");
    BOOST_TEST(values.all().size() == 2U);
    values.take(2, 41, 120 * minute);
    BOOST_TEST(values.fullest_disk().value().name == "/");
    BOOST_TEST(values.fullest_disk().value().used == 41);
    BOOST_TEST(values.all().size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_it_does_not_know_is_left_out) {
    values.take(99, 1, 100 * minute);
    BOOST_TEST(values.all().empty());
    BOOST_TEST(values.hour(0).size() == 60U); // no minute before 1970
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
