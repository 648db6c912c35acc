#include "net/link/proxy.hpp"

#include "test/net/client_fixture.hpp"
#include "test/support/scripted_proxy.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito;
using namespace trafikito::net;
using namespace trafikito::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using done = asio::awaitable<void>;

namespace {

struct proxy_fixture : client_fixture {
    std::string seen; ///< by the proxy

    void use(std::string const& address, std::string const& direct = "") {
        http::client_settings settings;
        settings.proxy = base::secret(address);
        settings.no_proxy = direct;
        settings.request_timeout = 20s;
        client = make_client(settings);
    }
    static std::string at(scripted_peer const& peer, std::string const& before = "http://") {
        return before + "127.0.0.1:" + std::to_string(peer.port());
    }
    static http::request api() {
        http::request what;
        what.to = link::parse_endpoint("https://localhost:8443/x?callToken=hunter2").value();
        what.headers.emplace_back("Authorization", "key-1");
        return what;
    }
    /// What becomes of a request when the proxy answers so.
    link::failure refusal(std::string const& answer, std::string const& user = "http://") {
        scripted_peer const proxy(context, [&](conversation& with, unsigned) -> done {
            seen = co_await with.read_request();
            co_await with.write(answer);
            co_await with.stay_silent();
        });
        use(at(proxy, user));
        auto const answered = send(api());
        BOOST_REQUIRE(answered.has_error());
        auto const& why = answered.error();
        BOOST_TEST(link::name_of(why.at) == "proxy");
        BOOST_TEST(why.peer == "localhost:8443");
        BOOST_TEST(why.message().find("127.0.0.1:" + std::to_string(proxy.port())) !=
                   std::string::npos);
        BOOST_TEST(why.message().find("hunter") == std::string::npos);
        BOOST_TEST(log.find("hunter") == std::string::npos);
        return why;
    }
};

bool has(std::string const& text, std::string_view part) {
    BOOST_TEST_INFO("in: " << text);
    return text.find(part) != std::string::npos;
}

bool bypassed(std::string_view rules, std::string const& url) {
    return link::bypasses_proxy(rules, link::parse_endpoint(url).value());
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(proxy, proxy_fixture)

BOOST_AUTO_TEST_CASE(an_address_with_a_user_becomes_basic_credentials) {
    auto const plain = link::parse_proxy("http://proxy.example:3128").value();
    BOOST_TEST(plain.to.peer() == "proxy.example:3128");
    BOOST_TEST(!plain.to.tls);
    BOOST_TEST(plain.authorization.empty());
    BOOST_TEST(link::parse_proxy("HTTP://proxy.example:3128").value().to.port == 3128);
    auto const user = link::parse_proxy("https://me%40corp:p%3Aw%40@[2001:db8::1]:3129/").value();
    BOOST_TEST(user.to.tls);
    BOOST_TEST(user.to.peer() == "[2001:db8::1]:3129");
    BOOST_TEST(user.authorization.reveal() == "Basic bWVAY29ycDpwOndA"); // me@corp:p:w@
}

BOOST_AUTO_TEST_CASE(what_is_no_proxy_is_refused_and_not_shown) {
    for (std::string const text :
         {"hunter2", "socks5://hunter2:1", "http://hunter2:0", "http://u:hunter2%4@p:1",
          "http://p:1/hunter2", "http://hunter2@", "http://p:1?hunter2"}) {
        BOOST_TEST_CONTEXT(text) {
            auto const none = link::parse_proxy(text);
            BOOST_REQUIRE(none.has_error());
            BOOST_TEST(!has(none.error().message(), "hunter2"));
        }
    }
}

BOOST_AUTO_TEST_CASE(no_proxy_takes_names_domains_networks_and_ports) {
    BOOST_TEST(bypassed("*", "https://a.example"));
    BOOST_TEST(bypassed("example.com", "https://example.com"));
    BOOST_TEST(bypassed("other, .Example.com", "https://api.example.com"));
    BOOST_TEST(bypassed("*.example.com", "https://api.example.com"));
    BOOST_TEST(bypassed("example.com", "https://api.example.com."));
    BOOST_TEST(bypassed("api.example.com.", "https://api.example.com"));
    BOOST_TEST(!bypassed("example.com", "https://badexample.com"));
    BOOST_TEST(!bypassed("example.com", "https://example.com.evil"));
    BOOST_TEST(!bypassed("", "https://a.example"));
    BOOST_TEST(!bypassed(" , ,.", "https://a.example"));
    BOOST_TEST(bypassed("a.example:8443", "https://a.example:8443"));
    BOOST_TEST(!bypassed("a.example:8443", "https://a.example"));
    BOOST_TEST(bypassed("192.0.2.0/24", "https://192.0.2.77"));
    BOOST_TEST(!bypassed("192.0.2.0/24", "https://192.0.3.77"));
    BOOST_TEST(!bypassed("192.0.2.0/99", "https://192.0.2.77"));
    BOOST_TEST(!bypassed("2.77", "https://192.0.2.77"));
    BOOST_TEST(bypassed("192.0.2.77:443", "https://192.0.2.77"));
    BOOST_TEST(bypassed("2001:db8::/32", "https://[2001:db8::7]"));
    BOOST_TEST(bypassed("[2001:db8::7]:443", "https://[2001:db8::7]"));
    BOOST_TEST(bypassed("2001:db8::7", "https://[2001:db8:0::7]"));
    BOOST_TEST(!bypassed("2001:db8::/33", "https://[2001:db8:ffff::7]"));
    BOOST_TEST(!bypassed("192.0.2.0/24", "https://[2001:db8::7]"));
}

BOOST_AUTO_TEST_CASE(the_api_is_reached_through_a_tunnel) {
    std::string asked;
    scripted_peer const peer(
        context,
        [&](conversation& with, unsigned) -> done {
            asked = co_await with.read_request();
            co_await with.write(ok_answer("OK"));
        },
        trusted());
    scripted_peer const proxy(context, tunnel_to(peer.port(), seen));
    use(at(proxy, "http://me:hunter2@"));
    BOOST_TEST(send(api()).value().content == "OK");
    BOOST_TEST(seen == "CONNECT localhost:8443 HTTP/1.1\r\nHost: localhost:8443\r\n"
                       "User-Agent: trafikito-agent/1.2.3\r\n"
                       "Proxy-Authorization: Basic bWU6aHVudGVyMg==\r\n\r\n");
    BOOST_TEST(has(asked, "Authorization: key-1"));
    BOOST_TEST(!has(asked, "Proxy-Authorization"));
    BOOST_TEST(!has(log, "hunter2"));
    BOOST_TEST(!has(log, "bWU6"));
}

BOOST_AUTO_TEST_CASE(a_proxy_over_tls_is_verified_and_gets_a_tunnel_in_tls) {
    scripted_peer const peer(context, always(ok_answer("OK")), trusted());
    scripted_peer const proxy(context, tunnel_to(peer.port(), seen), trusted());
    use(at(proxy, "https://"));
    for (int count = 0; count < 2; ++count) {
        BOOST_TEST(send(api()).value().content == "OK");
    }
    BOOST_TEST(proxy.connections() == 1u);
    BOOST_TEST(has(log, "speaks TLSv1.3"));
    client->drop_connections();
    log.clear();
    BOOST_TEST(send(api()).has_value());
    BOOST_TEST(!has(log, "new session"));

    scripted_peer const impostor(context, tunnel_to(peer.port(), seen),
                                 {.tls = self_signed(certificate_wish{.names = {"127.0.0.1"}})});
    use(at(impostor, "https://"));
    auto const refused = send(api());
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().at == link::step::proxy));
    BOOST_TEST(has(refused.error().what, "self-signed"));
}

BOOST_AUTO_TEST_CASE(the_certificate_of_the_api_is_verified_through_the_tunnel) {
    certificate_wish wish;
    wish.names = {"other.example"};
    scripted_peer const peer(context, always(ok_answer("OK")), {.tls = authority.issue(wish)});
    scripted_peer const proxy(context, tunnel_to(peer.port(), seen));
    use(at(proxy));
    auto const refused = send(api());
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().at == link::step::handshake));
    BOOST_TEST(refused.error().peer == "localhost:8443");
    BOOST_TEST(has(refused.error().what, "other.example, not for localhost"));
}

BOOST_AUTO_TEST_CASE(what_no_proxy_names_and_plain_http_go_directly) {
    scripted_peer const peer(context, always(ok_answer("OK")), trusted());
    scripted_peer const plain(context, always(ok_answer("OK")));
    scripted_peer const proxy(context, tunnel_to(peer.port(), seen));
    use(at(proxy), "localhost");
    BOOST_TEST(send(to(peer, "https://localhost")).has_value());
    use(at(proxy));
    BOOST_TEST(send(to(plain, "http://localhost")).has_value());
    BOOST_TEST(proxy.connections() == 0u);
}

BOOST_AUTO_TEST_CASE(a_proxy_that_wants_credentials_is_told) {
    auto const wanted = refusal("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    BOOST_TEST(has(wanted.what, "demands a user name and password (HTTP 407 Proxy Auth"));
    BOOST_TEST(has(wanted.hint, "http://USER:PASSWORD@"));
    BOOST_TEST(!wanted.retryable);
    auto const wrong =
        refusal("HTTP/1.1 407 No aHVudGVyMTpodW50ZXIy\r\n\r\n", "http://hunter1:hunter2@");
    BOOST_TEST(has(wrong.what, "does not accept the user name and password"));
    BOOST_TEST(!has(wrong.what, "aHVudGVyMTpodW50ZXIy"));
    auto const unauthorized = refusal("HTTP/1.1 401 Unauthorized\r\n\r\n", "http://me:no@");
    BOOST_TEST(has(unauthorized.what, "does not accept the user name and password"));
}

BOOST_AUTO_TEST_CASE(a_proxy_that_does_not_know_basic_blames_no_password) {
    for (auto const* const user : {"http://me:word@", "http://"}) {
        auto const other = refusal("HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\n"
                                   "Proxy-Authenticate: NTLM, Digest realm=\"a, b\", qop=auth\r\n"
                                   "\r\n",
                                   user);
        BOOST_TEST(has(other.what, "only by Negotiate, NTLM, Digest"), other.what);
        BOOST_TEST(has(other.hint, "must allow Basic"));
    }
    auto const basic = refusal("HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\n"
                               "Proxy-Authenticate: basic realm=\"x\"\r\n\r\n",
                               "http://me:word@");
    BOOST_TEST(has(basic.what, "does not accept the user name and password"));
}

BOOST_AUTO_TEST_CASE(a_proxy_that_sends_the_password_back_has_it_blanked_out) {
    for (auto const* const field : {"NTLM, aHVudGVyMTpodW50ZXIy", "aHVudGVyMTpodW50ZXIy, NTLM",
                                    "NTLM\r\nProxy-Authenticate:\x81xaHVudGVyMTpodW50ZXIyLength",
                                    "NTLM, xaHVudGVyMTpodW50ZXIyLength"}) {
        auto const echo =
            refusal("HTTP/1.1 407 No\r\nProxy-Authenticate: " + std::string(field) + "\r\n\r\n",
                    "http://hunter1:hunter2@");
        BOOST_TEST(has(echo.what, "only by"), echo.what);
        BOOST_TEST(has(echo.what, "NTLM"), echo.what);
        BOOST_TEST(!has(echo.message(), "aHVudGVyMTpodW50ZXIy"), echo.message());
    }
}

BOOST_AUTO_TEST_CASE(a_proxy_that_cannot_or_will_not_says_so) {
    auto const cannot = refusal("HTTP/1.1 502 Bad\xff Gateway\r\nContent-Length: 3\r\n\r\nno!");
    BOOST_TEST(has(cannot.what, "cannot reach localhost:8443 (HTTP 502 Bad? Gateway)"));
    BOOST_TEST(cannot.retryable);
    BOOST_TEST(refusal("HTTP/1.1 503 Busy\r\n\r\n").retryable);
    auto const forbidden = refusal("HTTP/1.1 403 Filtered\r\n\r\n");
    BOOST_TEST(has(forbidden.what, "does not open a way to localhost:8443 (HTTP 403 Filtered)"));
    BOOST_TEST(has(forbidden.hint, "allow CONNECT"));
}

BOOST_AUTO_TEST_CASE(a_proxy_that_talks_nonsense_is_told) {
    BOOST_TEST(has(refusal("SSH-2.0-OpenSSH_9.2p1\r\n\r\n").what, "not HTTP"));
    BOOST_TEST(has(refusal("HTTP/1.1 200 OK\r\nX: " + std::string(40'000, 'x')).what,
                   "larger than 16 KiB"));
    BOOST_TEST(has(refusal("HTTP/1.1 200 OK\r\n\r\nWelcome!").what, "more than its answer"));
}

BOOST_AUTO_TEST_CASE(a_proxy_that_hangs_up_or_is_not_there_is_told) {
    auto address = std::string();
    {
        scripted_peer const proxy(
            context, [](conversation& with, unsigned) -> done { co_await with.read_request(); });
        address = at(proxy);
        use(address);
        auto const closed = send(api());
        BOOST_REQUIRE(closed.has_error());
        BOOST_TEST((closed.error().at == link::step::proxy));
        BOOST_TEST(has(closed.error().what, "closed the connection without an answer"));
        BOOST_TEST(closed.error().retryable);
    }
    context.poll();
    auto const gone = send(api());
    BOOST_REQUIRE(gone.has_error());
    BOOST_TEST((gone.error().at == link::step::proxy));
    BOOST_TEST(has(gone.error().what, "connection to 127.0.0.1:"));
    BOOST_TEST(has(gone.error().what, "the connection was refused"));
    BOOST_TEST(gone.error().retryable);
}

BOOST_AUTO_TEST_CASE(a_silent_proxy_is_named) {
    scripted_peer const proxy(context,
                              [](conversation& with, unsigned) { return with.stay_silent(); });
    http::client_settings settings;
    settings.proxy = base::secret(at(proxy));
    settings.request_timeout = 200ms;
    client = make_client(settings);
    auto const answer = send(api());
    BOOST_REQUIRE(answer.has_error());
    BOOST_TEST((answer.error().at == link::step::proxy));
    BOOST_TEST(has(answer.error().what, "timed out after 200 ms"));
    BOOST_TEST(has(answer.error().what, "127.0.0.1:" + std::to_string(proxy.port())));
}

BOOST_AUTO_TEST_SUITE_END()
