#include "server/cli/serving_process.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

using namespace trafikito::server::cli;
using strings = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(serving_process)

// As a machine whose numbers have their lowest byte first prints it.
BOOST_AUTO_TEST_CASE(what_listens_is_found_by_its_inode) {
    auto const* const table =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "
        "timeout "
        "inode\n"
        "   0: 0100007F:20FB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        "
        "0 "
        "11 1 0 100 0 0 10 0\n"
        "   1: 0100007F:20FC 00000000:0000 01 00000000:00000000 00:00000000 00000000     0        "
        "0 "
        "12 1 0 100 0 0 10 0\n"
        "   2: 00000000000000000000000001000000:01BB 00000000000000000000000000000000:0000 0A "
        "00000000:00000000 00:00000000 00000000     0        0 13 1 0 100 0 0 10 0\n"
        "   3: nonsense:01BB x 0A 0 0 0 0 0 14\n   4:\n";
    BOOST_TEST(listening_at(table, {"11", "12", "14"}) == (strings{"127.0.0.1:8443"}));
    BOOST_TEST(listening_at(table, {"13"}) == (strings{"[::1]:443"}));
    BOOST_TEST(listening_at(table, {}).empty());
    BOOST_TEST(listening_at("", {"11"}).empty());
}

BOOST_AUTO_TEST_CASE(one_that_listens_nowhere_is_not_judged) {
    auto const own = feel_pulse(::getpid(), std::chrono::milliseconds(1));
    BOOST_TEST((own.is == pulse::state::unknown));
    BOOST_TEST(!own.is_ill());
    BOOST_TEST(in_words(own, 1, "/data").empty());
}

BOOST_AUTO_TEST_SUITE_END()
