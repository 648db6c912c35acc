#include "test/bench/profile.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::test::bench;

BOOST_AUTO_TEST_SUITE(profile)

BOOST_AUTO_TEST_CASE(each_instruction_is_counted_once_and_where_it_was_run) {
    auto const counted =
        read_profile("version: 1\ncreator: callgrind-3.19.0\npid: 100\ncmd: /a/agent\n"
                     "positions: line\nevents: Ir\nsummary: 1110\n\n"
                     "ob=(1) /a/agent\nfl=(1) main.cpp\nfn=(1) main\n16 400\n+1 100\n"
                     "cob=(2) /lib/libc.so.6\ncfi=(2) malloc.c\ncfn=(2) malloc\ncalls=2 50\n* 600\n"
                     "-2 10\n\n"
                     "ob=(2)\nfl=(2)\nfn=(2)\n50 600\n\ntotals: 1110\n",
                     "/a/agent");
    BOOST_TEST(counted.all == 1110);
    BOOST_TEST(counted.own == 510);
}

BOOST_AUTO_TEST_SUITE_END()
