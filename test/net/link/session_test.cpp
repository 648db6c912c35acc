#include "net/link/tls_sessions.hpp"

#include "test/net/client_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::net;
using namespace trafikito::test;
namespace asio = boost::asio;
using done = asio::awaitable<void>;

namespace {

struct session_fixture : client_fixture {
    /// One request over a connection of its own.
    bool again(scripted_peer const& peer, std::string const& origin = "https://localhost") {
        client->drop_connections();
        log.clear();
        return send(to(peer, origin)).has_value();
    }
    [[nodiscard]] bool resumed() const { return log.find("resumed session") != std::string::npos; }
    [[nodiscard]] bool fresh() const { return log.find("new session") != std::string::npos; }

    static http::request repeatable(http::request what) {
        what.repeatable = true;
        return what;
    }
};

/// Answers the first request; reads the second one whole and hangs up, on the first connection.
scripted_peer::script forgetful(bool reads_it) {
    return [reads_it](conversation& with, unsigned number) -> done {
        co_await with.read_request();
        co_await with.write(ok_answer("OK"));
        if (number > 1 || reads_it) {
            co_await with.read_request();
        }
    };
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(session, session_fixture)

BOOST_AUTO_TEST_CASE(the_next_connection_resumes_the_session) {
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        auto settings = trusted();
        settings.max_tls_version = version;
        scripted_peer const peer(context, always(ok_answer("OK")), settings);
        BOOST_TEST(again(peer));
        BOOST_TEST(fresh());
        for (int count = 0; count < 3; ++count) {
            BOOST_TEST(again(peer));
            BOOST_TEST(resumed(), version << " " << count << log);
        }
        BOOST_TEST(peer.connections() == 4u);
    }
}

BOOST_AUTO_TEST_CASE(a_session_is_for_one_origin_alone) {
    scripted_peer const peer(context, always(ok_answer("OK")), trusted());
    BOOST_TEST(again(peer, "https://localhost"));
    BOOST_TEST(again(peer, "https://127.0.0.1"));
    BOOST_TEST(fresh());
}

BOOST_AUTO_TEST_CASE(another_client_with_another_trust_resumes_nothing) {
    scripted_peer const peer(context, always(ok_answer("OK")), trusted());
    BOOST_TEST(again(peer));
    certificate_authority const other("Other Authority");
    client = make_client(other.certificate(), std::chrono::seconds{20});
    auto const answer = send(to(peer, "https://localhost"));
    BOOST_REQUIRE(answer.has_error());
    BOOST_TEST((answer.error().at == link::step::handshake));
}

BOOST_AUTO_TEST_CASE(a_peer_that_forgot_the_session_costs_a_full_handshake_and_no_request) {
    auto const settings = trusted();
    std::uint16_t port = 0;
    {
        scripted_peer const before(context, always(ok_answer("OK")), settings);
        BOOST_TEST(again(before));
        port = before.port();
    }
    context.poll();
    scripted_peer const after(context, always(ok_answer("OK")), settings, port);
    BOOST_TEST(again(after));
    BOOST_TEST(fresh());
}

BOOST_AUTO_TEST_CASE(a_connection_closed_meanwhile_is_noticed_before_it_is_used) {
    scripted_peer const peer(
        context,
        [](conversation& with, unsigned) -> done {
            co_await with.read_request();
            co_await with.write(ok_answer("OK"));
        },
        trusted());
    for (int count = 0; count < 3; ++count) {
        BOOST_TEST(send(to(peer, "https://localhost")).has_value());
        context.restart();
        context.run_for(std::chrono::milliseconds{20}); // the peer's end gets here
    }
    BOOST_TEST(peer.connections() == 3u);
    BOOST_TEST(resumed());
}

BOOST_AUTO_TEST_CASE(a_request_that_the_peer_had_whole_is_sent_once_more_only_if_it_may) {
    scripted_peer const peer(context, forgetful(true), trusted());
    BOOST_TEST(send(to(peer, "https://localhost")).has_value());
    auto const lost = send(to(peer, "https://localhost"));
    BOOST_REQUIRE(lost.has_error());
    BOOST_TEST(lost.error().uncertain);
    BOOST_TEST(lost.error().retryable);
    BOOST_TEST((lost.error().at == link::step::wait));
    BOOST_TEST(peer.connections() == 1u);

    BOOST_TEST(send(to(peer, "https://localhost")).has_value());
    BOOST_TEST(peer.connections() == 2u);
    BOOST_TEST(send(repeatable(to(peer, "https://localhost"))).has_value());
    BOOST_TEST(peer.connections() == 3u);
}

BOOST_AUTO_TEST_CASE(a_request_that_the_peer_cannot_have_had_whole_is_sent_once_more) {
    scripted_peer const peer(context, [](conversation& with, unsigned number) -> done {
        co_await with.read_request();
        co_await with.write(ok_answer("OK"));
        co_await with.read_some(); // of the second request, and hangs up
        if (number > 1) {
            co_await with.stay_silent();
        }
    });
    BOOST_TEST(send(to(peer, "http://localhost")).has_value());
    auto large = to(peer, "http://localhost");
    large.content = trafikito::net::http::body(std::string(32UL * 1024 * 1024, 'x'));
    BOOST_TEST(send(std::move(large)).has_value());
    BOOST_TEST(peer.connections() == 2u);
}

BOOST_AUTO_TEST_CASE(on_a_new_connection_nothing_is_sent_twice) {
    scripted_peer const peer(
        context, [](conversation& with, unsigned) -> done { co_await with.read_request(); },
        trusted());
    BOOST_TEST(send(repeatable(to(peer, "https://localhost"))).has_error());
    BOOST_TEST(peer.connections() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
