#include "test/e2e/request_check.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::test;
namespace http = boost::beast::http;

namespace {

/// A request as doc/protocol.md has it, for a test to spoil.
struct request_fixture {
    request_fixture() {
        who.port = 4433;
        request.method(http::verb::post);
        request.version(11);
        request.set(http::field::host, "127.0.0.1:4433");
        request.set(http::field::user_agent, "curl/7.88.1");
        request.set(http::field::accept, "*/*");
        request.target("/v2/agent/get_config");
        request.set(http::field::content_type, "application/json");
        body(R"({ "serverId": ")" + who.server_id + R"(", "serverApiKey": ")" + who.api_key +
             R"(", "previous": "" })");
    }

    void body(std::string text) {
        request.body() = std::move(text);
        request.prepare_payload();
    }
    void make_form() {
        request.target("/v1/agent/get");
        request.set(http::field::authorization, who.api_key);
        request.set(http::field::content_type, "application/x-www-form-urlencoded");
        body("serverId=" + who.server_id +
             "&agentVersion=14&os=debian&osCodename=bookworm&osRelease=12&centosFlavor=centos");
    }
    void make_feedback(std::string const& end = "--B--\r\n") {
        request.target("/v2/agent/error_feedback");
        request.set(http::field::content_type, "multipart/form-data; boundary=B");
        std::string text;
        for (auto const& [name, value] : {std::pair<std::string, std::string>("code", "105"),
                                          {"message", "AGENT_INVALID_CYCLE_DATA"},
                                          {"details", "it\r\nwas empty"},
                                          {"serverApiKey", who.api_key}}) {
            text += "--B\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value +
                    "\r\n";
        }
        body(text + end);
    }
    [[nodiscard]] std::string objection() const { return judge(request, who).objection; }
    [[nodiscard]] bool fine() const { return objection().empty(); }

    known_agent who;
    http_request request;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(request_check, request_fixture)

BOOST_AUTO_TEST_CASE(each_kind_of_body_is_taken_as_described) {
    BOOST_TEST(objection() == "");
    make_form();
    BOOST_TEST(objection() == "");
    BOOST_TEST(judge(request, who).seen.field("osRelease") == "12");
    request.erase(http::field::authorization);
    make_feedback();
    BOOST_TEST(objection() == "");
    BOOST_TEST(judge(request, who).seen.field("details") == "it\r\nwas empty");
}

BOOST_AUTO_TEST_CASE(method_path_and_query_are_exact) {
    request.method(http::verb::put);
    BOOST_TEST(!fine());
    request.method(http::verb::post);
    for (auto const* target : {"/v2/agent/get_config/", "/v2/agent/get_config?x=1", "/"}) {
        request.target(target);
        BOOST_TEST(!fine(), target);
    }
}

BOOST_AUTO_TEST_CASE(headers_are_those_that_are_known) {
    request.set("X-Other", "1");
    BOOST_TEST(!fine());
    request.erase("X-Other");
    request.set(http::field::authorization, who.api_key); // v2 has its key in the body
    BOOST_TEST(!fine());
    request.erase(http::field::authorization);
    request.insert(http::field::accept, "*/*");
    BOOST_TEST(!fine());
}

BOOST_AUTO_TEST_CASE(the_length_must_be_given) {
    request.erase(http::field::content_length);
    BOOST_TEST(!fine());
}

BOOST_AUTO_TEST_CASE(fields_have_their_order_and_values) {
    auto const right = request.body();
    body(R"({ "serverApiKey": ")" + who.api_key + R"(", "serverId": ")" + who.server_id +
         R"(", "previous": "" })");
    BOOST_TEST(!fine());
    body(right.substr(0, right.size() - 2) + R"(, "more": "" })");
    BOOST_TEST(!fine());
    who.api_key = "another";
    body(right);
    BOOST_TEST(!fine());
}

BOOST_AUTO_TEST_CASE(a_form_is_percent_encoded) {
    make_form();
    auto const right = request.body();
    body(right + "+x");
    BOOST_TEST(!fine());
    request.set(http::field::authorization, "Bearer " + who.api_key);
    body(right);
    BOOST_TEST(!fine());
}

BOOST_AUTO_TEST_CASE(a_multipart_body_ends_where_it_ends) {
    make_feedback("--B--\r\nmore");
    BOOST_TEST(!fine());
    make_feedback("");
    BOOST_TEST(!fine());
}

BOOST_AUTO_TEST_CASE(a_nonce_comes_with_a_token_and_with_nothing_else) {
    request.set("Trafikito-Enroll-Nonce", std::string(32, 'a'));
    BOOST_TEST(!fine());
    who.user_api_key = "enroll-" + std::string(64, 'b');
    request.target("/v2/agent/get_agent_file?file=trafikito.conf");
    body(R"({ "workspaceId": ")" + who.workspace_id + R"(", "userApiKey": ")" + who.user_api_key +
         R"(", "serverName": "n", "tmpFilePath": "/t" })");
    BOOST_TEST(objection() == "");
    request.set("Trafikito-Enroll-Nonce", "abc");
    BOOST_TEST(!fine());
    request.erase("Trafikito-Enroll-Nonce");
    BOOST_TEST(!fine());
}

BOOST_AUTO_TEST_SUITE_END()
