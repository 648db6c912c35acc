#include "server/api/next_order.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using namespace trafikito;

using namespace trafikito::server;
namespace server = trafikito::server;
using namespace std::chrono_literals;

store::server_row offering(std::string lines) {
    store::server_row row;
    row.available = std::move(lines);
    return row;
}

BOOST_AUTO_TEST_SUITE(next_order)

BOOST_AUTO_TEST_CASE(everything_offered_is_ordered_unless_told_otherwise) {
    auto row = offering("trafikito_a=\"1\"\ntrafikito_b=\"2\"\n");
    BOOST_TEST(server::api::next_order(row).names.size() == 2U);
    row.wanted = std::vector<std::string>{"trafikito_b"};
    BOOST_TEST(server::api::next_order(row).names == *row.wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_token_names_the_content) {
    auto row = offering("trafikito_a=\"1\"\n");
    auto const token = server::api::next_order(row).token;
    BOOST_TEST(token == server::api::next_order(row).token);
    row.available = "trafikito_a=\"another line\"\n";
    BOOST_TEST(token == server::api::next_order(row).token);
    row.delay = 1s;
    BOOST_TEST(token != server::api::next_order(row).token);
    row.delay = 0s;
    row.available += "trafikito_b=\"2\"\n";
    BOOST_TEST(token != server::api::next_order(row).token);
    BOOST_TEST(
        std::all_of(token.begin(), token.end(), [](char c) { return std::isalnum(c) != 0; }));
}

BOOST_AUTO_TEST_CASE(once_a_minute_with_five_seconds_of_tolerance) {
    auto row = offering("");
    base::wall_time const now{std::chrono::seconds(1'800'000'000)};
    BOOST_TEST(!api::too_early(row.last_order, now, 60s));
    row.last_order = now;
    BOOST_TEST(api::too_early(row.last_order, now, 60s));
    BOOST_TEST(api::too_early(row.last_order, now + 54s, 60s));
    BOOST_TEST(!api::too_early(row.last_order, now + 55s, 60s));
    BOOST_TEST(!api::too_early(row.last_order, now, 0s));
    BOOST_TEST(api::too_early(row.last_order, now + 900ms, 2s));
    BOOST_TEST(!api::too_early(row.last_order, now - 1h, 60s)); // the clock was set back
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
