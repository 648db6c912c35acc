#include "server/api/service.hpp"

#include "net/api/order.hpp"
#include "test/server/api/api_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;

constexpr char const* ask =
    "serverId=srv-1&agentVersion=14&os=debian&osCodename=bookworm&osRelease=12&centosFlavor=centos";
constexpr char const* wrong = "#wrong_key SERVER_ID_OR_API_KEY_IS_WRONG";
server::http::header_fields const key{{"authorization", "key-1"}};

struct fixture : test::api_fixture {
    fixture() { offer("trafikito_uptime=\"uptime\"\ntrafikito_df=\"df -h\"\n"); }

    server::http::response get(std::string body = ask, server::http::header_fields headers = key) {
        return post("/v1/agent/get", std::move(body), std::move(headers));
    }
    server::http::response output(std::string const& query, std::string const& report,
                                  server::http::header_fields headers = key) {
        return post_multipart("/v1/agent/output" + query, {{"output", report}}, std::move(headers));
    }
    net::api::order ordered() {
        return std::get<net::api::order>(net::api::parse_order_v1(get().body));
    }
};

BOOST_FIXTURE_TEST_SUITE(api_v1, fixture)

BOOST_AUTO_TEST_CASE(an_order_is_a_fresh_token_and_prefixed_names) {
    auto const first = get();
    BOOST_TEST(first.status == 200U);
    auto const comma = first.body.find(',');
    BOOST_TEST(comma == 36U); // a UUID
    BOOST_TEST(first.body.substr(comma) == ",trafikito_uptime,trafikito_df");
    now += 60s;
    BOOST_TEST(get().body.substr(0, comma) != first.body.substr(0, comma));
}

BOOST_AUTO_TEST_CASE(nothing_to_run_is_a_token_alone) {
    kept.set_wanted("srv-1", std::vector<std::string>{});
    BOOST_TEST(get().body.size() == 36U);
}

BOOST_AUTO_TEST_CASE(facts_about_the_system_are_kept) {
    get();
    BOOST_TEST((server().os == server::store::os_facts{"debian", "bookworm", "12", "centos"}));
}

BOOST_AUTO_TEST_CASE(who_asks_twice_a_minute_is_told_so_and_asks_again_later) {
    get();
    now += 54s;
    auto const early = get();
    BOOST_TEST(early.status == 200U);
    BOOST_TEST(test::error_of(early) == "#q2w4544h4asa2gAefg53GHrfd ANOTHER_REQUEST_IN_PROGRESS");
    now += 1s; // counted from the last order, not from the refusal
    BOOST_TEST(get().body.substr(36) == ",trafikito_uptime,trafikito_df");
}

BOOST_AUTO_TEST_CASE(unknown_servers_and_wrong_keys_get_one_answer) {
    auto const unknown = get("serverId=srv-2");
    BOOST_TEST(unknown.status == 401U);
    BOOST_TEST(test::error_of(unknown) == wrong);
    BOOST_TEST(get(ask, {{"Authorization", "key-2"}}).body == unknown.body);
    BOOST_TEST(get(ask, {}).body == unknown.body);
    BOOST_TEST(get("os=debian").body == unknown.body);
    BOOST_TEST(!server().last_order.has_value());
    BOOST_TEST(!logged("key-"));
}

BOOST_AUTO_TEST_CASE(a_key_of_another_server_is_a_wrong_key) {
    kept.add_server("srv-2", "host2", server::security::sha256("key-2"));
    BOOST_TEST(test::error_of(get(ask, {{"Authorization", "key-2"}})) == wrong);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_no_form_is_malformed) {
    BOOST_TEST(get("serverId=%zz").status == 400U);
}

BOOST_AUTO_TEST_CASE(a_report_is_stored_under_its_token_once) {
    auto const token = ordered().token;
    std::string const report = "*-*-*-*------------ Trafikito command: trafikito_df\nsome\n"
                               "*-*-*-*------------ Available commands:\ntrafikito_df=\"df\"\n";
    BOOST_TEST(output("?callToken=" + token, report).status == 200U);
    BOOST_TEST(output("?callToken=" + token, report).status == 200U);
    BOOST_TEST(kept.last_reports("srv-1", 9).size() == 1U);
    BOOST_TEST(last_outputs().at(0).bytes == "some\n");
    BOOST_TEST(server().available == "trafikito_df=\"df\"\n");
    BOOST_TEST(logged("came again"));
    BOOST_TEST(!logged("not known here"));
    BOOST_TEST(!logged(token));
}

BOOST_AUTO_TEST_CASE(a_token_from_before_a_new_database_is_accepted_and_logged) {
    BOOST_TEST(output("?callToken=from-before", "x").status == 200U);
    BOOST_TEST(kept.last_reports("srv-1", 9).size() == 1U);
    BOOST_TEST(logged("not known here"));
}

BOOST_AUTO_TEST_CASE(a_report_without_token_output_or_key_is_refused) {
    BOOST_TEST(output("", "x").status == 400U);
    BOOST_TEST(output("?callToken=", "x").status == 400U);
    BOOST_TEST(output("?callToken=a%0Ab", "x").status == 400U);
    BOOST_TEST(output("?callToken=t", "x", {}).status == 401U);
    BOOST_TEST(output("?callToken=t", "x", {{"Authorization", "Key-1"}}).status == 401U);
    BOOST_TEST(post_multipart("/v1/agent/output?callToken=t", {{"other", "x"}}, key).status ==
               400U);
    BOOST_TEST(post("/v1/agent/output?callToken=t", "x", key).status == 400U);
    BOOST_TEST(kept.last_report_id() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
