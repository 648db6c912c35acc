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

struct v2_fixture {
    boost::asio::io_context context;
    recording_client client;
    std::unique_ptr<api::client> speaks =
        api::make_client(v2_settings(), client, std::mt19937(1)).value();

    static api::client_settings v2_settings() {
        api::client_settings what;
        what.server_id = "srv-1";
        what.api_key = base::secret("key-1");
        what.api_urls = {"https://api.trafikito.com"};
        return what;
    }

    link::result<api::order_answer> fetch(std::string previous = {}) {
        return run_here(context, speaks->fetch_order(std::move(previous), link::no_limit));
    }

    link::result<void> deliver(std::string report) {
        api::report_delivery delivery;
        delivery.token = "tok";
        delivery.report = http::body(std::move(report));
        return run_here(context, speaks->send_report(std::move(delivery)));
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(api_v2, v2_fixture)

BOOST_AUTO_TEST_CASE(the_order_is_asked_as_the_shell_agent_asks) {
    for (auto const& [file, previous] :
         {std::pair{"/v2-agent-get_config.http", ""}, {"/v2-agent-get_config-2.http", "tok123"}}) {
        capture const expected(read_file(captures + file));
        client.answer("tok uptime,df_h 55 0");
        auto const answer = fetch(previous).value();
        BOOST_TEST(std::get<api::order>(answer).names.size() == 2u);
        auto const& sent = client.sent.back();
        BOOST_TEST(sent.what.to.target == expected.target);
        BOOST_TEST(sent.what.content_type == expected.content_type);
        BOOST_TEST(sent.content == expected.content);
    }
}

BOOST_AUTO_TEST_CASE(what_is_sent_is_json_whatever_is_in_it) {
    client.answer("=");
    BOOST_TEST(std::holds_alternative<api::unchanged>(fetch("a\"b\\c\n").value()));
    BOOST_TEST(client.sent.at(0).content.find(R"("previous": "a\"b\\c\n" })") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_report_is_sent_as_the_shell_agent_sends_it) {
    capture const expected(read_file(captures + "/v2-agent-save_output.http"));
    std::string const begin = "octet-stream\r\n\r\n";
    auto const at = expected.content.find(begin) + begin.size();
    auto const report = expected.content.substr(at, expected.content.find("\r\n--", at) - at);
    client.answer("OK");
    BOOST_TEST(deliver(report).has_value());
    auto const& sent = client.sent.at(0);
    BOOST_TEST(sent.what.to.target == expected.target);
    BOOST_TEST(sent.content_with(expected.boundary) == expected.content);
    BOOST_TEST(sent.what.headers.empty());
}

BOOST_AUTO_TEST_CASE(the_time_of_the_last_cycle_is_whole_seconds) {
    api::report_delivery delivery;
    delivery.last_cycle = 17s;
    client.answer("OK\n");
    BOOST_TEST(run_here(context, speaks->send_report(std::move(delivery))).has_value());
    BOOST_TEST(client.sent.at(0).content.find("name=\"timeTookLastTime\"\r\n\r\n17\r\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(only_ok_accepts_a_report) {
    for (std::string const content : {"OK", "OK\n", "OK \r\n"}) {
        client.answer(content);
        BOOST_TEST(deliver("report").has_value());
    }
    for (std::string const content : {"", "ok", "OKAY", "NOT OK", " OK", "{\"data\":\"OK\"}"}) {
        client.answer(content);
        auto const delivered = deliver("report");
        BOOST_TEST_CONTEXT(content) {
            BOOST_REQUIRE(delivered.has_error());
            BOOST_TEST((delivered.error().at == link::step::answer));
            BOOST_TEST(delivered.error().what.starts_with("the API did not answer OK"));
            BOOST_TEST(!delivered.error().retryable);
        }
    }
    client.answer("OK", 500);
    BOOST_TEST(deliver("report").error().retryable);
    client.answer(R"({"error":{"code":"#1","message":"NO"}})");
    BOOST_TEST(deliver("report").error().what == "the API says NO #1");
}

BOOST_AUTO_TEST_CASE(feedback_is_sent_as_the_shell_agent_sends_it) {
    capture const expected(read_file(captures + "/v2-agent-error_feedback.http"));
    client.answer("");
    auto const what = api::invalid_commands("error in /opt/trafikito/available_commands.sh");
    BOOST_TEST(run_here(context, speaks->send_feedback(what, link::no_limit)).has_value());
    auto const& sent = client.sent.at(0);
    BOOST_TEST(sent.what.to.target == expected.target);
    BOOST_TEST(sent.content_with(expected.boundary) == expected.content);
    BOOST_TEST(sent.what.headers.at(0).first == "Cache-Control");
}

BOOST_AUTO_TEST_CASE(feedback_has_the_codes_of_the_protocol_and_bounded_details) {
    BOOST_TEST(api::report_not_accepted("x").code == 101);
    BOOST_TEST(api::report_not_accepted("x").message == "AGENT_SAVE_RESULT_FAILED");
    BOOST_TEST(api::widget_not_valid("x").code == 102);
    BOOST_TEST(api::widget_not_valid("x").message == "AGENT_INSTALL_WIDGET_FAILED_INVALID_COMMAND");
    BOOST_TEST(api::api_error_received({"#1", "NO"}).code == 104);
    BOOST_TEST(api::api_error_received({"#1", "NO"}).message == "NO");
    BOOST_TEST(api::invalid_cycle_data("x").code == 105);
    BOOST_TEST(api::invalid_cycle_data("x").message == "AGENT_INVALID_CYCLE_DATA");
    client.answer("");
    run_here(context, speaks->send_feedback(api::invalid_commands(std::string(1'000'000, 'x')),
                                            link::no_limit))
        .value();
    BOOST_TEST(client.sent.at(0).content.size() < 20'000u);
}

BOOST_AUTO_TEST_CASE(a_widget_is_asked_for_as_the_shell_agent_asks) {
    capture const expected(read_file(captures + "/v2-widget-get-command.http"));
    client.answer("trafikito_x=\"echo hi\"\n");
    auto const line = run_here(context, speaks->fetch_widget("w1", link::no_limit));
    BOOST_TEST(line.value() == "trafikito_x=\"echo hi\"\n");
    auto const& sent = client.sent.at(0);
    BOOST_TEST(sent.what.to.target == expected.target);
    BOOST_TEST(sent.what.content_type == expected.content_type);
    BOOST_TEST(sent.content == expected.content);
    BOOST_TEST(sent.what.max_answer == 4096U);
}

BOOST_AUTO_TEST_CASE(a_widget_that_the_api_does_not_give_is_a_failure) {
    client.answer(R"({"error":{"code":"#w","message":"NO_SUCH_WIDGET"}})");
    auto const line = run_here(context, speaks->fetch_widget("w1", link::no_limit));
    BOOST_TEST(line.error().what == "the API says NO_SUCH_WIDGET #w");
}

BOOST_AUTO_TEST_CASE(a_widget_is_confirmed_as_the_shell_agent_confirms_it) {
    capture const expected(read_file(captures + "/v2-widget-install.http"));
    std::string const begin = "octet-stream\r\n\r\n";
    auto const at = expected.content.find(begin) + begin.size();
    api::widget_result what;
    what.id = "w1";
    what.name = "trafikito_hello";
    what.section =
        http::body(expected.content.substr(at, expected.content.find("\r\n--", at) - at));
    client.answer("OK");
    BOOST_TEST(run_here(context, speaks->confirm_widget(what)).has_value());
    auto const& sent = client.sent.at(0);
    BOOST_TEST(sent.what.to.target == expected.target);
    BOOST_TEST(sent.content_with(expected.boundary) == expected.content);
}

BOOST_AUTO_TEST_CASE(stop_and_errors_are_answers) {
    client.answer("STOP removed");
    BOOST_TEST(std::get<api::stop>(fetch().value()).reason == "removed");
    client.answer(R"({"error":{"code":"#6d5jyjytjh","message":"TOO_OFTEN"},"data":null})", 429);
    BOOST_TEST(api::asked_too_often(std::get<api::api_error>(fetch().value())));
    client.answer("<html>504</html>", 504);
    auto const why = fetch().error();
    BOOST_TEST(why.what == "HTTP 504 Gateway Timeout");
    BOOST_TEST(why.retryable);
}

BOOST_AUTO_TEST_CASE(a_web_page_is_not_the_word_of_the_api_whatever_its_status) {
    std::string const page = " \n<!DOCTYPE html>\n<HTML><head><TITLE lang=en>Log in to\n Hotel"
                             "Net</TITLE></head></HTML>";
    for (unsigned const status : {401U, 403U, 404U, 503U}) {
        client.answer(page, status);
        auto const why = fetch().error();
        BOOST_TEST(why.foreign);
        BOOST_TEST(why.status == status);
        BOOST_TEST(why.retryable == (status == 503U));
        BOOST_TEST(why.what.ends_with(": Log in to HotelNet"));
        auto const* const blamed = status == 503U ? "has trouble of its own" : "captive portal";
        BOOST_TEST(why.hint.find(blamed) != std::string::npos, why.hint);
        BOOST_TEST(why.message().find("api_key") == std::string::npos);
    }
    for (std::string const begin :
         {"", "\xEF\xBB\xBF", " \xEF\xBB\xBF\r\n"}) { // as some servers do
        client.answer(begin + page, 403);
        BOOST_TEST(fetch().error().foreign);
        client.answer(begin + page);
        auto const why = deliver("report").error();
        BOOST_TEST(why.foreign);
        BOOST_TEST(why.what == "a web page: Log in to HotelNet");
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_says_who_gave_it_and_whether_the_api_did) {
    client.answer("Access denied", 403);
    client.answers.back()->server = "cloudflare";
    client.answers.back()->via = "1.1 squid";
    auto const stranger = fetch().error();
    BOOST_TEST(stranger.what ==
               "HTTP 403 Forbidden [Server: cloudflare; Via: 1.1 squid]: Access denied");
    BOOST_TEST(stranger.hint.find("not the API's own words") != std::string::npos);
    BOOST_TEST(!stranger.of_api);
    client.answer(R"({"error":{"code":"#wrong_key","message":"KEY_IS_WRONG"}})", 403);
    auto const own = deliver("report").error();
    BOOST_TEST(own.of_api);
    BOOST_TEST(own.what == "the API says KEY_IS_WRONG #wrong_key");
    BOOST_TEST(own.hint == "check server_id and api_key in the configuration");
    client.answer("slow down", 429);
    client.answers.back()->retry_after = std::chrono::seconds(90);
    BOOST_TEST(fetch().error().hint.find("for 90 s (Retry-After)") != std::string::npos);
}

// As an nginx in front of the API refuses it: mended by a smaller report all the same.
BOOST_AUTO_TEST_CASE(a_page_that_says_too_large_counts_as_the_apis) {
    client.answer("<html><head><title>413 Request Entity Too Large</title></head></html>", 413);
    auto const why = deliver("report").error();
    BOOST_TEST(!why.foreign);
    BOOST_TEST(why.hint.find("max_report") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_base_address_may_have_a_path) {
    auto settings = v2_settings();
    settings.api_urls = {"https://a.example/trafikito/"};
    speaks = api::make_client(settings, client, std::mt19937(1)).value();
    client.answer("=");
    BOOST_TEST(fetch().has_value());
    BOOST_TEST(client.sent.at(0).what.to.target == "/trafikito/v2/agent/get_config");
}

BOOST_AUTO_TEST_CASE(no_address_or_a_bad_one_is_refused) {
    auto settings = v2_settings();
    settings.api_urls = {};
    BOOST_TEST(api::make_client(settings, client, std::mt19937(1)).has_error());
    settings.api_urls = {"https://a.example", "http://b.example"};
    BOOST_TEST(api::make_client(settings, client, std::mt19937(1))
                   .error()
                   .what.starts_with("api_url: http://b"));
}

BOOST_AUTO_TEST_SUITE_END()
