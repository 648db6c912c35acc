// The client against what people run: nginx, openssl s_server, tinyproxy. A test whose program is
// not installed is skipped and says so.
#include "net/http/client.hpp"

#include "test/net/client_fixture.hpp"
#include "test/support/eventually.hpp"
#include "test/support/program.hpp"
#include "test/support/real_programs.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

using namespace trafikito;
using namespace trafikito::net;
using namespace trafikito::test;
using namespace std::chrono_literals;

namespace {

struct real_fixture : client_fixture {
    std::uint16_t port = free_port();
    std::unique_ptr<program> running;

    void start(std::vector<std::string> words) {
        running = std::make_unique<program>(std::move(words), inherited_environment());
        BOOST_REQUIRE(eventually([&] { return listens(port); }));
    }

    void use(http::client_settings settings) {
        settings.request_timeout = 20s;
        client = make_client(std::move(settings));
    }

    [[nodiscard]] std::string file(std::string const& name) const {
        return (directory.path() / name).string();
    }

    /// PEM files of a certificate for localhost.
    void write_identity(certificate_wish wish = {}) {
        if (wish.names.empty()) {
            wish.names = {"localhost"};
        }
        auto const own = authority.issue(wish);
        directory.write("cert.pem", own.certificate);
        directory.write("key.pem", own.key);
    }

    [[nodiscard]] http::request ask(std::string const& path = "/",
                                    std::string content = "hello") const {
        http::request what;
        what.to = link::parse_endpoint("https://localhost:" + std::to_string(port) + path).value();
        what.content = trafikito::net::http::body(std::move(content));
        return what;
    }

    void start_nginx(std::string const& server, std::string const& http = "") {
        write_identity();
        auto const config =
            directory.write("nginx.conf", nginx_config(directory.path(), port, server, http));
        start({find_program("nginx"), "-e", "stderr", "-p", directory.path().string(), "-c",
               config.string()});
    }

    void start_s_server(std::vector<std::string> const& more) {
        std::vector<std::string> words{find_program("openssl"),
                                       "s_server",
                                       "-accept",
                                       "127.0.0.1:" + std::to_string(port),
                                       "-cert",
                                       file("cert.pem"),
                                       "-key",
                                       file("key.pem"),
                                       "-rev"};
        words.insert(words.end(), more.begin(), more.end());
        start(std::move(words));
    }

    /// Of a request that must fail in the handshake.
    link::failure refusal() {
        auto const answer = send(ask());
        BOOST_REQUIRE(answer.has_error());
        auto const& why = answer.error();
        BOOST_TEST(link::name_of(why.at) == "handshake", why.message());
        BOOST_TEST(why.message().find("asio") == std::string::npos);
        return why;
    }
};

bool has(std::string const& text, std::string_view part) {
    BOOST_TEST_INFO("in: " << text);
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(real_peers, real_fixture)

BOOST_AUTO_TEST_CASE(nginx_serves_a_cycle_over_one_connection, *needs("nginx")) {
    start_nginx("location / { return 200 OK; }");
    for (int count = 0; count < 3; ++count) {
        BOOST_TEST(send(ask()).value().content == "OK");
    }
    BOOST_TEST(log.find("connected to") == log.rfind("connected to"));
    client->drop_connections();
    log.clear();
    BOOST_TEST(send(ask()).has_value());
    BOOST_TEST(has(log, "resumed session"));
}

BOOST_AUTO_TEST_CASE(nginx_that_closes_after_each_request_costs_resumed_handshakes,
                     *needs("nginx")) {
    start_nginx("location / { return 200 OK; }", "keepalive_requests 1;");
    for (int count = 0; count < 3; ++count) {
        log.clear();
        BOOST_TEST(send(ask()).has_value());
    }
    BOOST_TEST(has(log, "resumed session"));
}

BOOST_AUTO_TEST_CASE(nginx_that_closed_an_idle_connection_is_noticed, *needs("nginx")) {
    start_nginx("location / { return 200 OK; }", "keepalive_timeout 1s;");
    BOOST_TEST(send(ask()).has_value());
    log.clear();
    BOOST_REQUIRE(eventually([&] { return closed_by_peer(port); }));
    BOOST_TEST(send(ask()).has_value());
    BOOST_TEST(has(log, "had closed the kept connection"));
    BOOST_TEST(has(log, "resumed session"));
}

BOOST_AUTO_TEST_CASE(what_nginx_returns_is_told, *needs("nginx")) {
    start_nginx("location /moved { return 301 https://new.example/x?callToken=hunter2; }\n"
                "location /often { add_header Retry-After 7 always; return 429; }\n"
                "location /busy { return 503; }");
    auto const moved = send(ask("/moved"));
    BOOST_REQUIRE(moved.has_error());
    BOOST_TEST(moved.error().what == "HTTP 301: it has moved to https://new.example/x");
    auto const often = send(ask("/often")).value();
    BOOST_TEST(often.status == 429u);
    BOOST_TEST((often.retry_after == 7s));
    BOOST_TEST(send(ask("/busy")).value().status == 503u);
}

BOOST_AUTO_TEST_CASE(nginx_refuses_a_large_report_early_and_its_answer_is_read, *needs("nginx")) {
    start_nginx("client_max_body_size 1k; location / { return 200 OK; }");
    auto const answer = send(ask("/", std::string(8UL * 1024 * 1024, 'x')));
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->status == 413u);
}

BOOST_AUTO_TEST_CASE(nginx_that_demands_a_client_certificate_gets_it, *needs("nginx")) {
    directory.write("client_ca.pem", authority.certificate());
    start_nginx("ssl_client_certificate " + file("client_ca.pem") +
                "; ssl_verify_client on; location / { return 200 $ssl_client_s_dn; }");
    BOOST_TEST(send(ask()).value().status == 400u); // so says nginx, not TLS
    certificate_wish wish;
    wish.common_name = "agent-7";
    auto const own = authority.issue(wish);
    http::client_settings settings;
    settings.client_cert = directory.write("client.pem", own.certificate).string();
    settings.client_key = directory.write("client.key", own.key).string();
    use(settings);
    BOOST_TEST(send(ask()).value().content == "CN=agent-7");
}

BOOST_AUTO_TEST_CASE(s_server_with_an_old_protocol_is_refused_in_words, *needs("openssl")) {
    write_identity();
    start_s_server({"-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"});
    BOOST_TEST(has(refusal().what, "only versions of TLS before 1.2"));
}

BOOST_AUTO_TEST_CASE(s_server_with_an_expired_certificate_is_refused_in_words, *needs("openssl")) {
    certificate_wish wish;
    wish.valid_from = -48h;
    wish.valid_to = -24h;
    write_identity(wish);
    start_s_server({});
    auto const why = refusal();
    BOOST_TEST(has(why.what, "expired on 20"));
    BOOST_TEST(has(why.hint, "clock right"));
}

BOOST_AUTO_TEST_CASE(s_server_with_another_name_is_refused_in_words, *needs("openssl")) {
    certificate_wish wish;
    wish.names = {"other.example"};
    write_identity(wish);
    start_s_server({});
    BOOST_TEST(has(refusal().what, "it is for other.example, not for localhost"));
}

BOOST_AUTO_TEST_CASE(s_server_of_another_authority_is_refused_in_words, *needs("openssl")) {
    certificate_authority const other("Other Authority");
    certificate_wish wish;
    wish.names = {"localhost"};
    auto const own = other.issue(wish);
    directory.write("cert.pem", own.certificate);
    directory.write("key.pem", own.key);
    start_s_server({});
    BOOST_TEST(has(refusal().what, "its issuer Other Authority is not known here"));
}

BOOST_AUTO_TEST_CASE(s_server_that_demands_a_client_certificate_is_told, *needs("openssl")) {
    directory.write("client_ca.pem", authority.certificate());
    write_identity();
    for (std::string const version : {"-tls1_2", "-tls1_3"}) {
        port = free_port();
        start_s_server(
            {version, "-Verify", "1", "-verify_return_error", "-CAfile", file("client_ca.pem")});
        auto const answer = send(ask());
        BOOST_REQUIRE(answer.has_error());
        BOOST_TEST(has(answer.error().message(), "client certificate"));
        BOOST_TEST(has(answer.error().hint, "client_cert"));
    }
}

BOOST_AUTO_TEST_CASE(s_server_resumes_sessions_of_both_versions, *needs("openssl")) {
    write_identity();
    for (std::string const version : {"-tls1_2", "-tls1_3"}) {
        port = free_port();
        start_s_server({version});
        for (int count = 0; count < 3; ++count) {
            log.clear();
            client->drop_connections();
            static_cast<void>(send(ask())); // it answers nonsense, but over TLS
            BOOST_TEST(has(log, count == 0 ? "new session" : "resumed session"));
        }
    }
}

BOOST_AUTO_TEST_CASE(tinyproxy_carries_it, *needs("tinyproxy")) {
    scripted_peer const peer(context, always(ok_answer("OK")), trusted());
    auto const config = [&](std::string const& more) {
        return directory
            .write("tinyproxy.conf", "Port " + std::to_string(port) + "\nListen 127.0.0.1\n" +
                                         "Timeout 30\nMaxClients 10\nAllow 127.0.0.1\n" + more)
            .string();
    };
    auto const through = [&](std::string const& user) {
        http::client_settings settings;
        settings.proxy = base::secret("http://" + user + "127.0.0.1:" + std::to_string(port));
        use(settings);
        return send(to(peer, "https://127.0.0.1"));
    };
    start({find_program("tinyproxy"), "-d", "-c", config("")});
    BOOST_TEST(through("").value().content == "OK");

    port = free_port();
    start({find_program("tinyproxy"), "-d", "-c", config("BasicAuth me hunter2\n")});
    BOOST_TEST(through("me:hunter2@").value().content == "OK");
    auto const none = through("");
    BOOST_REQUIRE(none.has_error());
    BOOST_TEST((none.error().at == link::step::proxy));
    BOOST_TEST(has(none.error().what, "demands a user name and password"));
    auto const wrong = through("me:wrong-password@");
    BOOST_REQUIRE(wrong.has_error());
    BOOST_TEST((wrong.error().at == link::step::proxy));
    BOOST_TEST(has(wrong.error().what, "does not accept the user name and password"));
    BOOST_TEST(!has(wrong.error().message(), "wrong-password"));

    port = free_port();
    start({find_program("tinyproxy"), "-d", "-c", config("ConnectPort 443\n")});
    auto const forbidden = through("");
    BOOST_REQUIRE(forbidden.has_error());
    BOOST_TEST(has(forbidden.error().what, "HTTP 403"));
}

BOOST_AUTO_TEST_SUITE_END()
