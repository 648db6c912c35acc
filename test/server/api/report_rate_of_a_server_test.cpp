#include "server/api/report_rate.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito;

using namespace trafikito::server;
using namespace std::chrono_literals;

struct fixture {
    api::report_rate rate;
    base::wall_time now{std::chrono::seconds(1'800'000'000)};
    std::size_t limit = 128UL * 1024 * 1024;

    api::report_rate::verdict send(std::size_t bytes = 1, std::string_view server = "s") {
        return rate.admit(server, bytes, limit, now);
    }
};

BOOST_FIXTURE_TEST_SUITE(report_rate_of_a_server, fixture)

BOOST_AUTO_TEST_CASE(in_no_minute_are_there_more_than_120) {
    for (int i = 0; i < 60; ++i, now += 500ms) {
        BOOST_TEST(send().admitted);
    }
    for (int i = 0; i < 60; ++i) {
        BOOST_TEST(send().admitted);
    }
    auto const refused = send();
    BOOST_TEST(!refused.admitted);
    BOOST_TEST((refused.wait == 30s)); // when the first is a minute old
    now += 30s - 1ms;
    BOOST_TEST(!send().admitted);
    now += 1ms;
    BOOST_TEST(send().admitted);
    BOOST_TEST(!send().admitted);
    BOOST_TEST((send().wait == 1s)); // half a second, rounded up
}

BOOST_AUTO_TEST_CASE(bytes_are_bounded_too) {
    std::size_t const mebibyte = 1024UL * 1024;
    for (int i = 0; i < 8; ++i, now += 1s) {
        BOOST_TEST(send(16 * mebibyte).admitted);
    }
    auto const refused = send(16 * mebibyte + 1); // needs the room of two
    BOOST_TEST(!refused.admitted);
    BOOST_TEST((refused.wait == 53s));
    BOOST_TEST((send(1).wait == 52s));
    now += 52s;
    BOOST_TEST(send(16 * mebibyte).admitted);
}

BOOST_AUTO_TEST_CASE(a_look_counts_nothing) {
    limit = 10;
    BOOST_TEST(send(10).admitted);
    BOOST_TEST(rate.look("s", limit, now).admitted); // an empty one
    for (int i = 0; i < 119; ++i) {
        BOOST_TEST(send(0).admitted);
    }
    BOOST_TEST(!rate.look("s", limit, now).admitted);
    BOOST_TEST(rate.look("t", limit, now).admitted);
}

BOOST_AUTO_TEST_CASE(one_report_alone_is_admitted_whatever_its_size) {
    limit = 10;
    BOOST_TEST(send(11).admitted);
    BOOST_TEST(!send(1).admitted);
}

BOOST_AUTO_TEST_CASE(servers_do_not_share_the_bound) {
    for (int i = 0; i < 120; ++i) {
        send();
    }
    BOOST_TEST(!send().admitted);
    BOOST_TEST(send(1, "t").admitted);
}

BOOST_AUTO_TEST_CASE(the_first_refusal_is_told_from_those_that_follow) {
    for (int i = 0; i < 120; ++i) {
        send();
    }
    BOOST_TEST(send().first_refusal);
    BOOST_TEST(!send().first_refusal);
    now += 60s;
    BOOST_TEST(send().admitted);
    for (int i = 0; i < 119; ++i) {
        send();
    }
    BOOST_TEST(send().first_refusal);
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_set_back_locks_nobody_out) {
    for (int i = 0; i < 120; ++i) {
        send();
    }
    now -= 24h;
    BOOST_TEST(send().admitted);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
