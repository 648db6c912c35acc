#include "config/diagnostic_sink.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>

namespace config = trafikito::config;
using namespace trafikito::config;

BOOST_AUTO_TEST_SUITE(diagnostic_sink)

BOOST_AUTO_TEST_CASE(keeps_what_it_is_told_in_order) {
    config::diagnostic_sink sink("f");
    sink.warning(1, 2, "a", "b");
    sink.error(3, 4, "c");
    auto const kept = std::move(sink).take();
    BOOST_REQUIRE_EQUAL(kept.size(), 2U);
    BOOST_TEST(kept[0].format() == "f:1:2: warning: a\n    b");
    BOOST_TEST(kept[1].format() == "f:3:4: error: c");
}

BOOST_AUTO_TEST_CASE(keeps_exactly_the_limit_without_a_word_more) {
    config::diagnostic_sink sink("f");
    for (std::size_t i = 0; i < max_diagnostics; ++i) {
        sink.warning(1, 1, "a");
    }
    BOOST_TEST(std::move(sink).take().size() == max_diagnostics);
}

BOOST_AUTO_TEST_CASE(says_how_many_it_left_out) {
    config::diagnostic_sink sink("f");
    for (std::size_t i = 0; i < max_diagnostics + 5; ++i) {
        sink.warning(1, 1, "a");
    }
    auto const kept = std::move(sink).take();
    BOOST_REQUIRE_EQUAL(kept.size(), max_diagnostics + 1);
    BOOST_TEST(kept.back().what == "5 more problems are not shown");
    BOOST_TEST(!has_errors(kept));
}

BOOST_AUTO_TEST_CASE(an_error_that_was_left_out_is_still_an_error) {
    config::diagnostic_sink sink("f");
    for (std::size_t i = 0; i < max_diagnostics; ++i) {
        sink.warning(1, 1, "a");
    }
    sink.error(1, 1, "b");
    sink.warning(1, 1, "c");
    BOOST_TEST(has_errors(std::move(sink).take()));
}

BOOST_AUTO_TEST_SUITE_END()
