// What the API understands beyond v1 and v2 (doc/protocol.md, "Ours alone"), in both versions.
#include "server/api/service.hpp"

#include "net/api/order.hpp"
#include "test/server/api/api_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;

std::string const id = "6b0f5d2e-8a5b-4c1e-9f43-0d3c2b1a0f9e";
std::string const report = "*-*-*-*------------ Trafikito command: trafikito_df\nsome\n";
std::string const results = R"([{"command":"trafikito_df","exitCode":0}])";
constexpr char const* ask_v2 = R"({"serverId":"srv-1","serverApiKey":"key-1"})";

struct fixture : test::api_fixture {
    server::http::response v1_get() {
        return post("/v1/agent/get", "serverId=srv-1", {{"Authorization", "key-1"}});
    }
    server::http::response v2_get(std::string const& body = ask_v2) {
        return post("/v2/agent/get_config", body);
    }
    server::http::response save(server::http::header_fields headers = {},
                                std::string const& field = {}) {
        std::vector<std::pair<std::string, std::string>> fields{
            {"output", report}, {"serverId", "srv-1"}, {"serverApiKey", "key-1"}};
        if (!field.empty()) {
            fields.emplace_back("results", field);
        }
        return post_multipart("/v2/agent/save_output", fields, std::move(headers));
    }
    std::size_t stored() { return kept.last_reports("srv-1", 1000).size(); }
};

std::string features_of(server::http::response const& answer) {
    auto const found = std::ranges::find_if(
        answer.headers, [](auto const& each) { return each.first == "Trafikito-Features"; });
    return found == answer.headers.end() ? "none" : found->second;
}

BOOST_FIXTURE_TEST_SUITE(api_extensions, fixture)

BOOST_AUTO_TEST_CASE(every_order_names_what_is_understood_and_nothing_else_does) {
    BOOST_TEST(features_of(v1_get()) == "results, collected-at, report-id, machine");
    BOOST_TEST(features_of(v1_get()) == "none"); // too early: an error is no order
    BOOST_TEST(features_of(v2_get()) == "none");
    now += 60s;
    auto const order = v2_get();
    BOOST_TEST(features_of(order) == "results, collected-at, report-id, machine");
    now += 60s;
    auto const same = v2_get(R"({"serverId":"srv-1","serverApiKey":"key-1","previous":")" +
                             order.body.substr(0, 32) + "\"}");
    BOOST_TEST(same.body == "=");
    BOOST_TEST(features_of(same) == "results, collected-at, report-id, machine");
    BOOST_TEST(features_of(v2_get("{}")) == "none");
    BOOST_TEST(features_of(post("/v2/ping", "")) == "none");
    BOOST_TEST(features_of(save()) == "none");
}

BOOST_AUTO_TEST_CASE(every_order_names_the_least_interval_and_so_does_too_early) {
    auto const least = [](server::http::response const& answer) {
        auto const found = std::ranges::find_if(answer.headers, [](auto const& each) {
            return each.first == "Trafikito-Min-Interval";
        });
        return found == answer.headers.end() ? "none" : found->second;
    };
    BOOST_TEST(least(v2_get()) == "60");
    BOOST_TEST(least(v2_get()) == "60");
    BOOST_TEST(least(v1_get()) == "60");
    BOOST_TEST(least(v2_get("{}")) == "none");
}

BOOST_AUTO_TEST_CASE(two_boots_that_alternate_are_two_machines) {
    auto const a = std::string(8, 'a') + "-1111-4111-8111-111111111111";
    auto const b = std::string(8, 'b') + "-1111-4111-8111-111111111111";
    auto const ask = [&](std::string const& boot) {
        now += 30s; // every second one comes too early
        return post("/v2/agent/get_config", ask_v2,
                    {{"Trafikito-Boot", boot}, {"Trafikito-Interval", "60"}});
    };
    (void)ask(a);
    (void)ask(b); // it was booted anew
    BOOST_TEST(!logged("machines ask"));
    BOOST_TEST(!server().several_machines.has_value());
    (void)ask(a);
    BOOST_TEST(
        logged("two machines ask as srv-1 (host1), now from 127.0.0.1:4242, noticed 1 time"));
    BOOST_TEST((server().several_machines == now));
    auto const lines = said.size();
    (void)save({{"Trafikito-Boot", b}}); // said once
    BOOST_TEST(std::ranges::none_of(
        said.begin() + static_cast<std::ptrdiff_t>(lines), said.end(),
        [](auto const& line) { return line.find("machines ask") != std::string::npos; }));
}

BOOST_AUTO_TEST_CASE(who_has_no_key_says_nothing_of_machines) {
    auto const ask = [&](std::string const& boot) {
        return post("/v2/agent/get_config", R"({"serverId":"srv-1","serverApiKey":"no"})",
                    {{"Trafikito-Boot", boot + "aaaaaaa-1111-4111-8111-111111111111"}});
    };
    for (auto const* boot : {"a", "b", "a", "b"}) {
        (void)ask(boot);
    }
    BOOST_TEST(!logged("machines ask"));
}

BOOST_AUTO_TEST_CASE(a_v2_report_is_stored_with_what_was_added) {
    BOOST_TEST(
        save({{"trafikito-collected-at", "2027-01-15T07:46:00.042Z"}, {"TRAFIKITO-REPORT-ID", id}},
             results)
            .body == "OK");
    auto const stored = kept.last_reports("srv-1", 1).at(0);
    BOOST_TEST(stored.report_id == id);
    BOOST_TEST((stored.collected == now - 14min + 42ms));
    BOOST_TEST(kept.results(stored) == results);
    BOOST_TEST(logged("1 command, 57 bytes, collected 13 min before it arrived"));
}

BOOST_AUTO_TEST_CASE(a_v1_report_too) {
    auto const token = std::get<net::api::order>(net::api::parse_order_v1(v1_get().body)).token;
    server::http::header_fields const headers{
        {"Authorization", "key-1"},
        {"Trafikito-Collected-At", "2027-01-15T07:46:00.042Z"},
        {"Trafikito-Report-Id", id}};
    auto const send = [&](std::string const& to) {
        return post_multipart("/v1/agent/output?callToken=" + to,
                              {{"output", report}, {"results", results}}, headers);
    };
    BOOST_TEST(send(token).status == 200U);
    auto const stored = kept.last_reports("srv-1", 1).at(0);
    BOOST_TEST(stored.report_id == id);
    BOOST_TEST(stored.collected.has_value());
    BOOST_TEST(kept.results(stored) == results);
    BOOST_TEST(send("another-token").status == 200U); // the id says that it is the same
    BOOST_TEST(kept.last_reports("srv-1", 9).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_report_that_comes_twice_gets_the_same_answer_and_is_stored_once) {
    auto const first = save({{"Trafikito-Report-Id", id}});
    BOOST_TEST(!logged("came again"));
    auto const again = save({{"Trafikito-Report-Id", id}});
    BOOST_TEST(again.status == first.status);
    BOOST_TEST(again.body == first.body);
    BOOST_TEST(again.content_type == first.content_type);
    BOOST_TEST(again.headers.size() == first.headers.size());
    BOOST_TEST(stored() == 1U);
    BOOST_TEST(logged("report of srv-1 (host1) came again and is not stored twice"));
}

BOOST_AUTO_TEST_CASE(a_flood_of_reports_with_something_wrong_is_a_few_lines_of_the_log) {
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(save({{"Trafikito-Report-Id", "no uuid " + std::to_string(i)},
                         {"Trafikito-Collected-At", "yesterday " + std::to_string(i)}})
                       .body == "OK");
    }
    BOOST_TEST(std::ranges::count_if(
                   said, [](auto const& line) { return line.find(" debug ") == line.npos; }) == 2);
    BOOST_TEST(logged("warning a report of srv-1 (host1): its id is no UUID; stored without"));
}

BOOST_AUTO_TEST_CASE(no_report_is_lost_for_what_was_added_to_it) {
    for (server::http::header_fields const& headers :
         {server::http::header_fields{{"Trafikito-Report-Id", "7"}},
          server::http::header_fields{{"Trafikito-Report-Id", "7"}},
          server::http::header_fields{{"Trafikito-Report-Id", ""}},
          server::http::header_fields{{"Trafikito-Collected-At", "2099-01-01T00:00:00.000Z"}},
          server::http::header_fields{{"Trafikito-Collected-At", "\x1b[2J\r\nforged line"}}}) {
        BOOST_TEST(save(headers).body == "OK");
    }
    BOOST_TEST(save({}, "[{}").body == "OK");
    BOOST_TEST(save({}, "[{\"x\":\"" + std::string(2UL * 1024 * 1024, 'x') + "\"}]").body == "OK");
    BOOST_TEST(stored() == 7U);
    for (auto const& each : kept.last_reports("srv-1", 9)) {
        BOOST_TEST(each.report_id.empty());
        BOOST_TEST(!each.collected.has_value());
        BOOST_TEST(kept.results(each).empty());
    }
    BOOST_TEST(logged("report 1 of srv-1 (host1): its id is no UUID; stored without: 7"));
    BOOST_TEST(logged("report 4 of srv-1 (host1): the time of its collection is not to be"));
    BOOST_TEST(logged("report 6 of srv-1 (host1): its results are no JSON array"));
    BOOST_TEST(logged("report 7 of srv-1 (host1): its results are larger than 2 MiB"));
    BOOST_TEST(!logged("\x1b"));
    for (auto const& line : said) {
        BOOST_TEST(line.find('\n') == line.size() - 1);
    }
}

BOOST_AUTO_TEST_CASE(who_sends_too_many_reports_is_told_when_to_go_on) {
    for (int i = 0; i < 120; ++i) {
        BOOST_REQUIRE_EQUAL(save().status, 200U);
    }
    said.clear();
    auto const refused = save();
    BOOST_TEST(refused.status == 429U);
    BOOST_TEST(test::error_of(refused) == "#too_many_reports TOO_MANY_REPORTS_SEND_THEM_LATER");
    BOOST_REQUIRE_EQUAL(refused.headers.size(), 2U);
    BOOST_TEST(refused.headers[1].first == "Trafikito-Quota");
    BOOST_TEST(refused.headers[1].second == "32.0 MiB or 120 reports a minute");
    BOOST_TEST(refused.headers[0].first == "Retry-After");
    BOOST_TEST(refused.headers[0].second == "60");
    BOOST_TEST(save().body == refused.body);
    BOOST_TEST(said.size() == 2U); // once for people, once at debug
    BOOST_TEST(logged("of srv-1 (host1): 429"));
    BOOST_TEST(v2_get().status == 200U); // orders have their own rule
    BOOST_TEST(stored() == 120U);
    now += 60s;
    BOOST_TEST(save().status == 200U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
