#include "net/api/enrolment.hpp"

#include "net/api/multipart.hpp"
#include "test/net/recording_client.hpp"
#include "test/net/run_here.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::net;
using namespace trafikito::test;

namespace {

struct enrolment_fixture {
    boost::asio::io_context context;
    recording_client client;
    link::endpoint base = link::parse_endpoint("https://api.example/").value();

    link::result<api::server_identity> create() {
        api::new_server const what{"ws-1", trafikito::base::secret("user-key-1"), "host \"1\"",
                                   "/opt/trafikito/var/trafikito.tmp"};
        return run_here(context, api::create_server(client, base, what));
    }

    link::result<std::string> fetch() {
        api::first_outputs what;
        what.workspace_id = "ws-1";
        what.user_api_key = trafikito::base::secret("user-key-1");
        what.server_id = "srv-1";
        what.os = {"debian", "bookworm", "12", "centos"};
        what.outputs = http::body("the outputs\n");
        return run_here(context, api::fetch_available_commands(client, base, std::move(what)));
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(enrolment, enrolment_fixture)

BOOST_AUTO_TEST_CASE(a_server_is_created_from_what_the_user_said) {
    client.answer("# trafikito\r\nserver_id = 8a1d\r\napi_key = 3f0c\r\ntmp_file = /x\r\n");
    auto const identity = create().value();
    BOOST_TEST(identity.server_id == "8a1d");
    BOOST_TEST(identity.api_key.reveal() == "3f0c");
    auto const& sent = client.sent.at(0);
    BOOST_TEST(sent.what.to.target == "/v2/agent/get_agent_file?file=trafikito.conf");
    BOOST_TEST(sent.what.content_type == "application/json");
    BOOST_TEST(sent.content == R"({ "workspaceId": "ws-1", "userApiKey": "user-key-1", )"
                               R"("serverName": "host \"1\"", )"
                               R"("tmpFilePath": "/opt/trafikito/var/trafikito.tmp" })");
}

BOOST_AUTO_TEST_CASE(anything_else_is_shown_as_the_failure_that_it_is) {
    client.answer("wrong workspace \x1b[31m" + std::string(1000, 'x') + "user-key-1");
    auto const why = create().error();
    BOOST_TEST(why.message().find("wrong workspace ?[31m") != std::string::npos);
    BOOST_TEST(why.message().size() < 600u);
    client.answer("no user-key-1 here");
    BOOST_TEST(create().error().message().find("user-key-1") == std::string::npos);
    client.answer("");
    BOOST_TEST(create().has_error());
    client.answer(R"({"error":{"code":"#1","message":"NO_SUCH_WORKSPACE"}})");
    BOOST_TEST(create().error().what == "the API says NO_SUCH_WORKSPACE #1");
    client.answer("server_id = 1\napi_key = 2\n", 500);
    BOOST_TEST(create().error().status == 500u);
    client.fail(link::step::connect);
    BOOST_TEST((create().error().at == link::step::connect));
}

BOOST_AUTO_TEST_CASE(half_an_identity_is_none_and_its_key_is_not_shown) {
    for (std::string const text : {"api_key = hidden-3f0c", "server_id = \napi_key = hidden-3f0c",
                                   "server_id = a b\napi_key = hidden-3f0c"}) {
        client.answer(text);
        auto const identity = create();
        BOOST_REQUIRE(identity.has_error());
        BOOST_TEST(identity.error().message().find("hidden") == std::string::npos);
    }
    client.answer("server_id = 8a1d\n");
    BOOST_TEST(create().has_error());
}

BOOST_AUTO_TEST_CASE(the_outputs_are_sent_in_the_order_of_the_protocol) {
    client.answer("# list\ntrafikito_uptime=\"uptime\"\n");
    BOOST_TEST(fetch().value() == "# list\ntrafikito_uptime=\"uptime\"\n");
    auto const& sent = client.sent.at(0);
    BOOST_TEST(sent.what.to.target == "/v2/agent/get_agent_file?file=available_commands.sh");
    BOOST_TEST(sent.what.max_answer == 1024u * 1024u);
    auto const parts = api::parse_multipart(sent.what.content_type, sent.content).value();
    std::string order;
    for (auto const& one : parts) {
        order += one.name + '=' + std::string(one.bytes) + ' ';
    }
    BOOST_TEST(order ==
               "output=the outputs\n userApiKey=user-key-1 workspaceId=ws-1 serverId=srv-1 "
               "os=debian osCodename=bookworm osRelease=12 centosFlavor=centos ");
    BOOST_TEST(!parts.at(0).filename.empty());
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_no_list_is_a_failure) {
    for (std::string const text : {"", "<html>", "# nothing", R"({"error":"NO"})"}) {
        client.answer(text);
        BOOST_TEST(fetch().has_error());
    }
    client.answer("trafikito_a=\"b\"", 404);
    BOOST_TEST(fetch().error().status == 404u);
}

BOOST_AUTO_TEST_CASE(a_token_is_known_by_its_form) {
    auto const is_one = [](std::string text) {
        return api::is_enrolment_token(trafikito::base::secret(std::move(text)));
    };
    BOOST_TEST(is_one("enroll-" + std::string(64, 'a')));
    BOOST_TEST(!is_one("enroll-" + std::string(63, 'a')));
    BOOST_TEST(!is_one("enroll-" + std::string(64, 'g')));
    BOOST_TEST(!is_one(std::string(64, 'a')));
}

BOOST_AUTO_TEST_CASE(its_nonce_is_a_header_and_no_error_shows_it) {
    api::new_server what{"ws-1", trafikito::base::secret("enroll-" + std::string(64, 'a')), "host",
                         "/t", trafikito::base::secret(std::string(32, 'b'))};
    client.answer(R"({"error":{"code":"#token_used_up","message":"used )" + std::string(32, 'b') +
                      R"("}})",
                  403);
    auto const made = run_here(context, api::create_server(client, base, what));
    BOOST_TEST(made.error().what == "the API says used … #token_used_up");
    BOOST_TEST(made.error().hint == "");
    BOOST_TEST(
        (client.sent.at(0).what.headers.at(0) ==
         std::pair<std::string, std::string>("Trafikito-Enroll-Nonce", std::string(32, 'b'))));
    what.nonce = {};
    client.answer("server_id = 8a1d\napi_key = 3f0c\n");
    (void)run_here(context, api::create_server(client, base, what));
    BOOST_TEST(client.sent.at(1).what.headers.empty());
}

BOOST_AUTO_TEST_CASE(what_a_shell_would_read_is_no_identity) {
    for (auto const* id : {"$(id)", "a;b", "'a'", "\"a\"", "`a`", "a\\b", "a b", "{{a}}", "a#b"}) {
        client.answer("server_id = " + std::string(id) + "\napi_key = 3f0c\n");
        BOOST_TEST(create().has_error(), id);
    }
    client.answer("<!doctype html><title>Log in</title>");
    BOOST_TEST(create().error().foreign);
}

BOOST_AUTO_TEST_SUITE_END()
