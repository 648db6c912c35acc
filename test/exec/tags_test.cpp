#include "exec/tags.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace trafikito;

BOOST_AUTO_TEST_SUITE(tags)

BOOST_AUTO_TEST_CASE(each_is_another_one_and_ours) {
    exec::tags given;
    auto const first = given.next();
    auto const second = given.next();
    BOOST_TEST(first != second);
    BOOST_TEST(given.ours(first));
    BOOST_TEST(given.ours(second));
}

BOOST_AUTO_TEST_CASE(one_that_was_not_given_is_not) {
    exec::tags given;
    auto const first = given.next();
    BOOST_TEST(!given.ours(first + 1));
    BOOST_TEST(!given.ours(first - 1));
    BOOST_TEST(!given.ours(0));
    BOOST_TEST(!given.ours(std::numeric_limits<std::uint64_t>::max()));
}

BOOST_AUTO_TEST_CASE(no_two_agents_have_the_same) {
    exec::tags one;
    exec::tags other;
    BOOST_TEST(!one.ours(other.next()));
}

BOOST_AUTO_TEST_CASE(they_are_beyond_what_somebody_would_set) {
    exec::tags given;
    BOOST_TEST(given.next() > (1ULL << 60U));
    BOOST_TEST(given.next() < (1ULL << 62U));
}

BOOST_AUTO_TEST_SUITE_END()
