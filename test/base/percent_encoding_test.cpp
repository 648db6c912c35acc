#include "base/percent_encoding.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace trafikito::base;

BOOST_AUTO_TEST_SUITE(percent_encoding)

BOOST_AUTO_TEST_CASE(unreserved_characters_stay_and_all_others_go) {
    BOOST_TEST(percent_encode("AZaz09-._~") == "AZaz09-._~");
    BOOST_TEST(percent_encode("a b+c/d&e=ü") == "a%20b%2Bc%2Fd%26e%3D%C3%BC");
}

BOOST_AUTO_TEST_CASE(every_byte_comes_back) {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) {
        bytes += static_cast<char>(byte);
    }
    BOOST_TEST(percent_encode(bytes).find_first_of(" &=+\r\n") == std::string::npos);
    BOOST_TEST((percent_decode(percent_encode(bytes)) == bytes));
    BOOST_TEST((form_decode(percent_encode(bytes)) == bytes));
}

BOOST_AUTO_TEST_CASE(a_plus_is_a_space_in_a_form_alone) {
    BOOST_TEST((form_decode("a+b%2bc%2Bd") == "a b+c+d"));
    BOOST_TEST((percent_decode("a+b%2bc%2Bd") == "a+b+c+d"));
}

BOOST_AUTO_TEST_CASE(a_broken_escape_is_nothing) {
    for (std::string const text : {"%", "%4", "a%", "%4g", "%g4", "%%41", "%-1"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!percent_decode(text).has_value());
            BOOST_TEST(!form_decode(text).has_value());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
