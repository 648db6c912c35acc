#include "exec/capture.hpp"

#include <boost/test/unit_test.hpp>

namespace exec = trafikito::exec;

namespace {

std::string digits(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
        text += static_cast<char>('0' + i % 10);
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(capture)

BOOST_AUTO_TEST_CASE(everything_is_kept_up_to_the_limit) {
    exec::capture kept(10);
    kept.append("01234");
    kept.append("56789");
    BOOST_TEST(!kept.cut());
    BOOST_TEST(kept.head() == "0123456789");
    BOOST_TEST(kept.tail() == "");
    BOOST_TEST(kept.bytes_kept() == 10U);
}

BOOST_AUTO_TEST_CASE(one_byte_more_keeps_both_halves) {
    exec::capture kept(10);
    kept.append("0123456789");
    kept.append("X");
    BOOST_TEST(kept.cut());
    BOOST_TEST(kept.head() == "01234");
    BOOST_TEST(kept.tail() == "6789X");
    BOOST_TEST(kept.bytes_seen() == 11U);
    BOOST_TEST(kept.bytes_kept() == 10U);
}

BOOST_AUTO_TEST_CASE(pieces_of_any_size_give_the_same_head_and_tail) {
    for (std::size_t limit = 0; limit <= 17; ++limit) {
        for (std::size_t total = 0; total <= 60; ++total) {
            auto const all = digits(total);
            for (std::size_t piece = 1; piece <= total; ++piece) {
                exec::capture kept(limit);
                for (std::size_t at = 0; at < total; at += piece) {
                    kept.append(std::string_view(all).substr(at, piece));
                }
                BOOST_REQUIRE(kept.bytes_seen() == total);
                auto const tail_size = limit / 2;
                if (total <= limit) {
                    BOOST_REQUIRE(kept.head() == all);
                } else {
                    BOOST_REQUIRE_EQUAL(kept.head(), all.substr(0, limit - tail_size));
                    BOOST_REQUIRE_EQUAL(kept.tail(), all.substr(total - tail_size));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_limit_of_nothing_keeps_nothing) {
    exec::capture kept(0);
    kept.append("some output");
    BOOST_TEST(kept.cut());
    BOOST_TEST(kept.bytes_kept() == 0U);
    BOOST_TEST(kept.bytes_seen() == 11U);
}

BOOST_AUTO_TEST_SUITE_END()
