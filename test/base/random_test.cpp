#include "base/random.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <set>

namespace {

using namespace trafikito;

BOOST_AUTO_TEST_SUITE(random)

BOOST_AUTO_TEST_CASE(all_bytes_are_filled_either_way) {
    for (auto const fill : {base::fill_random, base::fill_from_urandom}) {
        std::array<unsigned char, 4096> bytes{};
        BOOST_REQUIRE(fill(bytes.data(), bytes.size()));
        // Of 4,096 random bytes sixteen are zero; of those that nobody filled all are.
        BOOST_TEST(std::ranges::count(bytes, 0) < 64);
        BOOST_TEST(std::count(bytes.end() - 64, bytes.end(), 0) < 16);
    }
}

BOOST_AUTO_TEST_CASE(it_draws_for_what_takes_a_generator) {
    static_assert(std::uniform_random_bit_generator<base::random_source>);
    base::random_source source;
    std::set<unsigned> drawn;
    for (int i = 0; i < 1000; ++i) {
        drawn.insert(source());
    }
    BOOST_TEST(drawn.size() > 990U);
    auto const digit = std::uniform_int_distribution<int>(0, 9)(source);
    BOOST_TEST((digit >= 0 && digit <= 9));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
