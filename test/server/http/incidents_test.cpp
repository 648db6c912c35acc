#include "server/http/incidents.hpp"

#include "server/http/address_group.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using base::severity;
using server::http::address_group;

struct noted {
    std::string written;
    base::log log{[this](std::string_view line) { written += line; }, severity::info,
                  base::log::format::journal};
    server::http::incidents strangers{log};
    server::http::incidents::time_point now{};

    void note(std::string_view what, std::string_view address) {
        strangers.note(severity::warning, what, address, now);
    }
    std::string tick_after(std::chrono::seconds pause) {
        written.clear();
        now += pause;
        strangers.tick(now);
        return written;
    }
    [[nodiscard]] auto lines() const { return std::ranges::count(written, '\n'); }
};

std::string group_of(char const* text) {
    return address_group(boost::asio::ip::make_address(text));
}

BOOST_FIXTURE_TEST_SUITE(incidents, noted)

BOOST_AUTO_TEST_CASE(the_first_is_said_at_once_and_the_others_once_a_minute) {
    for (int i = 0; i < 367; ++i) {
        note("refused a request: 400 bad method", "192.0.2.7");
    }
    note("refused a request: 400 bad method", "192.0.2.8");
    BOOST_TEST(written == "<4>refused a request: 400 bad method (from 192.0.2.7)\n"
                          "<4>refused a request: 400 bad method (from 192.0.2.8)\n");
    BOOST_TEST(tick_after(59s).empty());
    BOOST_TEST(
        tick_after(1s) ==
        "<4>refused a request: 400 bad method: 366 times more from 192.0.2.7 in the last 60 s\n");
    BOOST_TEST(tick_after(60s).empty());
    note("refused a request: 400 bad method", "192.0.2.7");
    BOOST_TEST(written.empty());
    BOOST_TEST(
        tick_after(63s) ==
        "<4>refused a request: 400 bad method: 1 time more from 192.0.2.7 in the last 63 s\n");
}

BOOST_AUTO_TEST_CASE(without_an_address_none_is_named) {
    strangers.note(severity::info, "a quota is reached", "", now);
    strangers.note(severity::info, "a quota is reached", "", now);
    BOOST_TEST(written == "<6>a quota is reached\n");
    BOOST_TEST(tick_after(60s) == "<6>a quota is reached: 1 time more in the last 60 s\n");
}

BOOST_AUTO_TEST_CASE(many_addresses_are_counted_together) {
    for (int i = 0; i < 64; ++i) {
        note("refused", "192.0.2." + std::to_string(i));
    }
    BOOST_TEST(lines() == 64);
    for (int i = 0; i < 12'003; ++i) {
        auto const net = i % 811;
        note("refused", "10.0." + std::to_string(net / 256) + "." + std::to_string(net % 256));
    }
    BOOST_TEST(lines() == 64);
    BOOST_TEST(tick_after(60s) ==
               "<4>refused: 12,003 times from 811 other addresses in the last 60 s\n");
    BOOST_TEST(tick_after(60s).empty());
}

BOOST_AUTO_TEST_CASE(what_strangers_can_invent_is_bounded) {
    for (int i = 0; i < 20'000; ++i) {
        note("thing " + std::to_string(i), "network " + std::to_string(i));
    }
    BOOST_TEST(lines() == 64);
    tick_after(60s);
    BOOST_TEST(lines() == 64 + 1);
    BOOST_TEST(written.find("other incidents: 19,872 times from more than ") != std::string::npos,
               written);
    note(std::string(100'000, 'x'), "network 1");
    tick_after(60s);
    BOOST_TEST(written.size() < 1000U);
}

BOOST_AUTO_TEST_CASE(what_was_quiet_for_long_is_news_again) {
    note("refused", "192.0.2.7");
    tick_after(599s);
    note("refused", "192.0.2.7");
    BOOST_TEST(written.empty());
    BOOST_TEST(tick_after(60s) == "<4>refused: 1 time more from 192.0.2.7 in the last 60 s\n");
    note("refused", "192.0.2.7");
    BOOST_TEST(tick_after(60s) == "<4>refused: 1 time more from 192.0.2.7 in the last 60 s\n");
    BOOST_TEST(tick_after(600s).empty());
    note("refused", "192.0.2.7");
    BOOST_TEST(written == "<4>refused (from 192.0.2.7)\n");
}

BOOST_AUTO_TEST_CASE(a_flood_of_warnings_of_others_hides_no_count) {
    log.limit_repeats([] { return std::chrono::steady_clock::time_point(); });
    for (int i = 0; i < 1000; ++i) {
        log.warning(std::to_string(i));
    }
    written.clear();
    note("refused", "192.0.2.7");
    BOOST_TEST(written == "<4>refused (from 192.0.2.7)\n");
}

BOOST_AUTO_TEST_CASE(an_address_counts_as_its_network) {
    BOOST_TEST(group_of("192.0.2.7") == "192.0.2.7");
    BOOST_TEST(group_of("::ffff:192.0.2.7") == "192.0.2.7");
    BOOST_TEST(group_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
    BOOST_TEST(group_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64");
    BOOST_TEST(group_of("2001:db8::1") == "2001:db8::/64");
    BOOST_TEST(group_of("fe80::1%1") == "fe80::/64");
    BOOST_TEST(group_of("::1") == "::1");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
