#include "net/api/client.hpp"

#include "test/net/recording_client.hpp"
#include "test/net/run_here.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito;
using namespace trafikito::net;
using namespace std::chrono_literals;
using namespace trafikito::test;

namespace {

std::string const captures = TRAFIKITO_CAPTURES;

struct v1_fixture {
    boost::asio::io_context context;
    recording_client client;
    api::client_settings settings = v1_settings();
    std::unique_ptr<api::client> speaks =
        api::make_client(settings, client, std::mt19937(1)).value();

    static api::client_settings v1_settings() {
        api::client_settings what;
        what.version = 1;
        what.server_id = "srv-1";
        what.api_key = base::secret("key-1");
        what.url_get_config = "https://api.trafikito.com/v1/agent/get";
        what.url_output = "https://api.trafikito.com/v1/agent/output";
        what.os = {"debian", "bookworm", "12", "centos"};
        return what;
    }

    link::result<api::order_answer> fetch() {
        return run_here(context, speaks->fetch_order("ignored", link::no_limit));
    }

    link::result<void> deliver(std::string token, std::string report) {
        api::report_delivery delivery;
        delivery.token = std::move(token);
        delivery.report = http::body(std::move(report));
        return run_here(context, speaks->send_report(std::move(delivery)));
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(api_v1, v1_fixture)

BOOST_AUTO_TEST_CASE(the_order_is_asked_as_the_shell_agent_asks) {
    capture const expected(read_file(captures + "/v1-agent-get.http"));
    client.answer("tok,trafikito_uptime");
    auto const answer = fetch().value();
    BOOST_TEST(std::get<api::order>(answer).token == "tok");
    auto const& sent = client.sent.at(0);
    BOOST_TEST(sent.what.to.target == expected.target);
    BOOST_TEST(sent.what.content_type == expected.content_type);
    BOOST_TEST(sent.content == expected.content);
    BOOST_REQUIRE(sent.what.headers.size() == 1u);
    BOOST_TEST(sent.what.headers[0].first == "Authorization");
    BOOST_TEST(sent.what.headers[0].second == expected.authorization);
}

BOOST_AUTO_TEST_CASE(the_report_is_sent_as_the_shell_agent_sends_it) {
    capture const expected(read_file(captures + "/v1-agent-output.http"));
    std::string const begin = "Content-Type: text/plain\r\n\r\n";
    auto const at = expected.content.find(begin) + begin.size();
    auto const report = expected.content.substr(at, expected.content.rfind("\r\n--") - at);
    client.answer("");
    BOOST_TEST(deliver("63e374bd-92be-4275-a985-ba2b8d2a953d", report).has_value());
    auto const& sent = client.sent.at(0);
    BOOST_TEST(sent.what.to.target == expected.target);
    BOOST_TEST(sent.content_with(expected.boundary) == expected.content);
    BOOST_TEST(sent.what.headers.at(0).second == "key-1");
}

BOOST_AUTO_TEST_CASE(a_token_is_percent_encoded_and_joins_a_query) {
    settings.url_output += "?a=b";
    speaks = api::make_client(settings, client, std::mt19937(1)).value();
    client.answer("anything", 204);
    BOOST_TEST(deliver("a b&c", "").has_value());
    BOOST_TEST(client.sent.at(0).what.to.target == "/v1/agent/output?a=b&callToken=a%20b%26c");
}

BOOST_AUTO_TEST_CASE(an_api_error_is_one_whatever_the_status) {
    for (unsigned const status : {200u, 400u, 429u, 500u}) {
        client.answer(
            R"({"data":null,"error":{"code":"#q2w4544h4asa2gAefg53GHrfd","message":"X"}})", status);
        auto const answer = fetch().value();
        BOOST_REQUIRE(std::holds_alternative<api::api_error>(answer));
        BOOST_TEST(api::asked_too_often(std::get<api::api_error>(answer)));
    }
    client.answer(R"({"error":{"code":"#1","message":"NO"}})");
    auto const delivered = deliver("tok", "report");
    BOOST_REQUIRE(delivered.has_error());
    BOOST_TEST(delivered.error().what == "the API says NO #1");
    BOOST_TEST(!api::asked_too_often({"#1", "NO"}));
    BOOST_TEST(api::asked_too_often({"#6d5jyjytjh", ""}));
}

BOOST_AUTO_TEST_CASE(other_statuses_are_failures_and_some_may_pass) {
    for (unsigned const status : {400u, 401u, 403u, 404u, 408u, 413u, 429u, 500u, 502u, 503u}) {
        client.answer("tok,trafikito_uptime", status);
        client.answer("no", status);
        for (auto const& why : {fetch().error(), deliver("tok", "report").error()}) {
            BOOST_TEST((why.at == link::step::answer));
            BOOST_TEST(why.status == status);
            BOOST_TEST(why.retryable == (status == 408 || status == 429 || status >= 500));
            BOOST_TEST(why.what.starts_with("HTTP " + std::to_string(status)));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_web_page_is_no_acceptance_of_a_report) {
    client.answer("<html><body>Please pay for your stay</body></html>");
    auto const why = deliver("tok", "report").error();
    BOOST_TEST(why.foreign);
    BOOST_TEST(why.what == "a web page");
}

BOOST_AUTO_TEST_CASE(an_empty_order_says_what_to_do) {
    client.answer("");
    auto const answer = fetch().value();
    BOOST_TEST(std::get<api::not_an_order>(answer).what.find("install again") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(secrets_that_the_peer_echoes_stay_out_of_failures) {
    settings.api_key = base::secret("top-secret-key");
    speaks = api::make_client(settings, client, std::mt19937(1)).value();
    client.answer("bad key top-secret-key for token tok-12345", 403);
    auto const why = deliver("tok-12345", "report").error();
    BOOST_TEST(why.message().find("top-secret-key") == std::string::npos);
    BOOST_TEST(why.message().find("tok-12345") == std::string::npos);
    BOOST_TEST(why.message().find("bad key") != std::string::npos);
    client.answer(R"({"error":{"code":"#1","message":"bad key top-secret-key"}})", 403);
    BOOST_TEST(std::get<api::api_error>(fetch().value()).message == "bad key …");
    client.answer(std::string(195, 'x') + "top-secret-key", 500);
    BOOST_TEST(deliver("tok", "").error().message().find("top-") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_network_failure_is_passed_on) {
    client.fail(link::step::handshake);
    BOOST_TEST((fetch().error().at == link::step::handshake));
    client.fail(link::step::wait);
    BOOST_TEST((deliver("tok", "").error().at == link::step::wait));
}

BOOST_AUTO_TEST_CASE(v1_knows_no_feedback) {
    BOOST_TEST(
        run_here(context, speaks->send_feedback(api::invalid_commands("line 3"), link::no_limit))
            .has_value());
    BOOST_TEST(client.sent.empty());
}

BOOST_AUTO_TEST_CASE(settings_that_cannot_work_are_told_by_their_key) {
    auto const refused = [&](auto change) {
        auto changed = v1_settings();
        change(changed);
        return api::make_client(changed, client, std::mt19937(1)).error().what;
    };
    BOOST_TEST(
        refused([](auto& s) { s.url_output = "http://a.example/"; }).starts_with("url_output"));
    BOOST_TEST(refused([](auto& s) { s.url_get_config = ""; }).starts_with("url_get_config"));
    BOOST_TEST(refused([](auto& s) { s.version = 3; }).find("version 3") != std::string::npos);
    auto const key = refused([](auto& s) { s.api_key = base::secret("secret\r\nX: y"); });
    BOOST_TEST(key.starts_with("api_key"));
    BOOST_TEST(key.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
