#include "server/api/report_extensions.hpp"

#include "base/time_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito;

using namespace trafikito::server;
using namespace std::chrono_literals;

constexpr char const* id = "6b0f5d2e-8a5b-4c1e-9f43-0d3c2b1a0f9e";
base::wall_time const now{std::chrono::seconds(1'800'000'000)};

api::report_extensions read(api::sent_extensions const& sent) {
    return api::read_extensions(sent, now);
}

std::string line_of(api::left_out const& one) {
    return std::string(one.why) + ": " + one.sent;
}

bool ignores(api::sent_extensions const& sent, std::string_view why) {
    auto const got = read(sent);
    return got.results.empty() && !got.collected && got.report_id.empty() &&
           got.ignored.size() == 1 && line_of(got.ignored[0]).find(why) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(report_extensions)

BOOST_AUTO_TEST_CASE(what_is_not_there_is_nothing_to_ignore) {
    auto const got = read({});
    BOOST_TEST((got.results.empty() && !got.collected && got.report_id.empty()));
    BOOST_TEST(got.ignored.empty());
}

BOOST_AUTO_TEST_CASE(all_three_are_read_as_the_agent_writes_them) {
    auto const got = read(
        {R"([{"command":"trafikito_df","exitCode":0}])", base::utc_time(now - 14min + 42ms), id});
    BOOST_TEST(got.results == R"([{"command":"trafikito_df","exitCode":0}])");
    BOOST_TEST((got.collected == now - 14min + 42ms));
    BOOST_TEST(got.report_id == id);
    BOOST_TEST(got.ignored.empty());
}

BOOST_AUTO_TEST_CASE(results_are_an_array_of_objects) {
    BOOST_TEST(read({"[]", "", ""}).results == "[]");
    for (std::string const text :
         {"{}", "[1]", "[{},null]", "[{}", "[{}] x", "\"x\"", "\xff", "[{\"a\":\"\xff\"}]",
          "[[[[[[[[[[[[{}]]]]]]]]]]]]", "[{\"a\":[[[[[[[[[[1]]]]]]]]]]}]"}) {
        BOOST_TEST(ignores({text, "", ""}, "no JSON array"), text);
    }
}

BOOST_AUTO_TEST_CASE(results_are_bounded) {
    auto const of_size = [](std::size_t size) {
        return R"([{"command":")" + std::string(size - 16, 'x') + "\"}]";
    };
    BOOST_REQUIRE_EQUAL(of_size(100).size(), 100U);
    std::size_t const most = 2UL * 1024 * 1024;
    BOOST_TEST(read({of_size(most), "", ""}).results.size() == most);
    BOOST_TEST(ignores({of_size(most + 1), "", ""}, "larger than 2 MiB"));
    std::string many = "[{}";
    for (int i = 1; i < 4096; ++i) {
        many += ",{}";
    }
    BOOST_TEST(!read({many + "]", "", ""}).results.empty());
    BOOST_TEST(ignores({many + ",{}]", "", ""}, "at most 4096 objects"));
}

BOOST_AUTO_TEST_CASE(an_id_is_a_uuid_of_either_case) {
    BOOST_TEST(read({"", "", "6B0F5D2E-8A5B-4C1E-9F43-0D3C2B1A0F9E"}).report_id == id);
    for (std::string const text :
         {"1", "6b0f5d2e8a5b4c1e9f430d3c2b1a0f9e", "6b0f5d2e-8a5b-4c1e-9f43-0d3c2b1a0f9",
          "6b0f5d2e-8a5b-4c1e-9f43-0d3c2b1a0f9e0", "6b0f5d2e-8a5b-4c1e-9f43-0d3c2b1a0f9g",
          "6b0f5d2e-8a5b-4c1e-9f4310d3c2b1a0f9e", "6b0f5d2e-8a5b-0c1e-9f43-0d3c2b1a0f9e",
          "6b0f5d2e-8a5b-4c1e-cf43-0d3c2b1a0f9e", "00000000-0000-0000-0000-000000000000",
          "ffffffff-ffff-ffff-ffff-ffffffffffff"}) {
        BOOST_TEST(ignores({"", "", text}, "its id is no UUID"), text);
    }
}

BOOST_AUTO_TEST_CASE(a_collection_is_in_the_past_as_far_as_clocks_agree) {
    BOOST_TEST((read({"", base::utc_time(now + 5min), ""}).collected == now));
    BOOST_TEST(ignores({"", base::utc_time(now + 5min + 1ms), ""}, "not to be believed"));
    BOOST_TEST((read({"", base::utc_time(now - 366 * 24h), ""}).collected == now - 366 * 24h));
    BOOST_TEST(ignores({"", base::utc_time(now - 366 * 24h - 1ms), ""}, "not to be believed"));
    BOOST_TEST(ignores({"", "1970-01-01T00:00:12.000Z", ""}, "not to be believed"));
    BOOST_TEST(ignores({"", "yesterday", ""}, "none: yesterday"));
}

BOOST_AUTO_TEST_CASE(what_is_ignored_is_said_on_one_harmless_short_line) {
    for (auto const& one :
         read({"{", "\x1b[31m\n" + std::string(500, 'x'), "\r\nfaked " + std::string(500, 'x')})
             .ignored) {
        auto const why = line_of(one);
        BOOST_TEST(why.size() < 150U, why);
        BOOST_TEST(why.find_first_of("\x1b\r\n") == std::string::npos, why);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
