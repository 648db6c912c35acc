#include "base/checksum.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace trafikito;

BOOST_AUTO_TEST_SUITE(checksum)

BOOST_AUTO_TEST_CASE(it_is_that_of_iso_3309) {
    BOOST_TEST(base::checksum("123456789") == 0xCBF43926U);
    BOOST_TEST(base::checksum("") == 0U);
}

BOOST_AUTO_TEST_CASE(in_pieces_it_is_the_same_as_in_one) {
    std::string text;
    for (int at = 0; at < 1'000; ++at) {
        text += static_cast<char>(at * 7);
    }
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        auto const first = base::checksum(text.substr(0, cut));
        BOOST_REQUIRE_EQUAL(base::checksum(text.substr(cut), first), base::checksum(text));
    }
}

BOOST_AUTO_TEST_SUITE_END()
