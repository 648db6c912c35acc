// Numbers as programs print them.
#include "server/values/number.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

namespace {

using namespace trafikito::server::values;

/// The number, a blank, and what is left of the text; `-` for none.
std::string read(std::string_view text) {
    auto const found = number_at_begin(text);
    return found ? std::to_string(found->value) + ' ' + std::string(text.substr(found->size)) : "-";
}

} // namespace

BOOST_AUTO_TEST_SUITE(number)

BOOST_AUTO_TEST_CASE(a_number_is_read_as_far_as_it_goes) {
    using pair = std::pair<char const*, char const*>;
    for (auto const& [text, wanted] : {pair{"12", "12.000000 "},
                                       pair{"-0.5x", "-0.500000 x"},
                                       pair{"+3", "3.000000 "},
                                       pair{".5", "0.500000 "},
                                       pair{"5.", "5.000000 "},
                                       pair{"1e3", "1000.000000 "},
                                       pair{"1E+2%", "100.000000 %"},
                                       pair{"1e", "1.000000 e"},
                                       pair{"0,42", "0.420000 "},
                                       pair{"0,42, 1", "0.420000 , 1"},
                                       pair{"12,5", "12.500000 "},
                                       pair{"0.21,0.30", "0.210000 ,0.30"},
                                       pair{"1,234", "1234.000000 "},
                                       pair{"1,234,567.25", "1234567.250000 "},
                                       pair{"0,123", "0.123000 "},
                                       pair{"1234,567", "1234.567000 "},
                                       pair{"5,", "5.000000 ,"},
                                       pair{"1.2.3", "1.200000 .3"},
                                       pair{"", "-"},
                                       pair{"-", "-"},
                                       pair{".", "-"},
                                       pair{",5", "-"},
                                       pair{"x", "-"},
                                       pair{"nan", "-"},
                                       pair{"inf", "-"},
                                       pair{"1e999", "-"},
                                       pair{"--1", "-"}}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(read(text) == wanted);
        }
    }
    BOOST_TEST(!number_at_begin(std::string(100'000, '9')));
}

BOOST_AUTO_TEST_CASE(a_suffix_goes_before_the_unit_of_the_column) {
    BOOST_TEST(number_with_unit(" 1.5G", 1024, true).value() == 1.5 * 1024 * 1024 * 1024);
    BOOST_TEST(number_with_unit("8,7Mi", 1024, true).value() == 8.7 * 1024 * 1024);
    BOOST_TEST(number_with_unit("0B", 1024, true).value() == 0);
    BOOST_TEST(number_with_unit("12", 1024, true).value() == 12 * 1024);
    BOOST_TEST(number_with_unit("12 kB", 1, true).value() == 12);
    BOOST_TEST(number_with_unit("5M", 1, false).value() == 5);
}

BOOST_AUTO_TEST_CASE(units_come_out_as_bytes_and_seconds) {
    BOOST_TEST((unit_of("KiB") == unit{"B", 1024}));
    BOOST_TEST((unit_of("ms") == unit{"s", 0.001}));
    BOOST_TEST((unit_of("jobs") == unit{"jobs", 1}));
    BOOST_TEST(is_unit("%"));
    BOOST_TEST(!is_unit("a b"));
    BOOST_TEST(!is_unit("\x1b"));
    BOOST_TEST(!is_unit(""));
}

BOOST_AUTO_TEST_CASE(what_was_computed_is_rounded_to_what_it_is_worth) {
    BOOST_TEST(rounded(1.0 / 3, 4) == 0.3333);
    BOOST_TEST(rounded(123456.7, 4) == 123500);
    BOOST_TEST(rounded(-99.996, 4) == -100);
    BOOST_TEST(rounded(0, 4) == 0);
    BOOST_TEST(rounded(1e-300, 4) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
