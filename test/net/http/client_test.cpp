#include "net/http/client.hpp"

#include "test/net/client_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>

using namespace trafikito::net;
using namespace std::chrono_literals;
using namespace trafikito::test;
namespace asio = boost::asio;

namespace {

using done = asio::awaitable<void>;

/// One answer, then the connection is closed.
scripted_peer::script once(std::string answer) {
    return [answer = std::move(answer)](conversation& with, unsigned) -> done {
        co_await with.read_request();
        co_await with.write(answer);
    };
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(client, client_fixture)

BOOST_AUTO_TEST_CASE(a_request_is_a_post_with_a_length) {
    std::string seen;
    scripted_peer const peer(context, [&](conversation& with, unsigned) -> done {
        seen = co_await with.read_request();
        co_await with.write("HTTP/1.1 202 Accepted\r\nRetry-After: 7\r\nContent-Length: 2\r\n"
                            "Trafikito-Features: results, collected-at\r\n\r\nOK");
    });
    auto what = to(peer, "http://127.0.0.1");
    what.headers.emplace_back("Authorization", "key-1");
    auto const answer = send(std::move(what)).value();
    auto const host = "127.0.0.1:" + std::to_string(peer.port());
    BOOST_TEST(seen == "POST /path?q=1 HTTP/1.1\r\nHost: " + host +
                           "\r\nUser-Agent: trafikito-agent/1.2.3\r\nAccept: */*\r\n"
                           "Authorization: key-1\r\nContent-Length: 5\r\n"
                           "Content-Type: text/plain\r\n\r\nhello");
    BOOST_TEST(answer.status == 202u);
    BOOST_TEST(answer.content == "OK");
    BOOST_TEST(answer.peer == host);
    BOOST_TEST((answer.retry_after == 7s));
    BOOST_TEST(answer.features == "results, collected-at");
}

BOOST_AUTO_TEST_CASE(an_empty_body_has_the_length_0) {
    std::string seen;
    scripted_peer const peer(context, [&](conversation& with, unsigned) -> done {
        seen = co_await with.read_request();
        co_await with.write(ok_answer("OK"));
    });
    auto what = to(peer, "http://127.0.0.1");
    what.content = trafikito::net::http::body();
    BOOST_TEST(send(std::move(what)).has_value());
    BOOST_TEST(seen.find("\r\nContent-Length: 0\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_large_file_arrives_whole_over_tls) {
    std::string content;
    for (int line = 0; line < 40'000; ++line) {
        content += "line " + std::to_string(line) + '\n';
    }
    auto const path = directory.write("report", content);
    std::string seen;
    scripted_peer const peer(
        context,
        [&](conversation& with, unsigned) -> done {
            seen = co_await with.read_request();
            co_await with.write(ok_answer("OK"));
        },
        trusted());
    auto what = to(peer, "https://localhost");
    what.content = trafikito::net::http::body("<");
    what.content
        .append(http::shared_file(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), 0, content.size())
        .append(">");
    BOOST_TEST(send(std::move(what)).value().content == "OK");
    BOOST_TEST(seen.ends_with("\r\n\r\n<" + content + ">"));
}

BOOST_AUTO_TEST_CASE(the_connection_is_used_again) {
    scripted_peer const peer(context, always(ok_answer("OK")), trusted());
    for (int count = 0; count < 3; ++count) {
        BOOST_TEST(send(to(peer, "https://localhost")).has_value());
    }
    BOOST_TEST(peer.connections() == 1u);
    client->drop_connections();
    BOOST_TEST(send(to(peer, "https://localhost")).has_value());
    BOOST_TEST(peer.connections() == 2u);
}

BOOST_AUTO_TEST_CASE(a_kept_connection_that_was_closed_costs_one_silent_reconnect) {
    for (bool const tls : {false, true}) {
        scripted_peer const peer(context, once(ok_answer("OK")), tls ? trusted() : peer_settings{});
        auto const origin = tls ? "https://localhost" : "http://localhost";
        BOOST_TEST(send(to(peer, origin)).has_value());
        BOOST_TEST(send(to(peer, origin)).has_value());
        BOOST_TEST(peer.connections() == 2u);
    }
}

BOOST_AUTO_TEST_CASE(a_fresh_connection_that_is_closed_is_not_tried_again) {
    scripted_peer const peer(
        context, [](conversation& with, unsigned) -> done { co_await with.read_request(); });
    auto const answer = send(to(peer, "http://localhost"));
    BOOST_REQUIRE(answer.has_error());
    BOOST_TEST((answer.error().at == link::step::wait));
    BOOST_TEST(answer.error().what == "the peer closed the connection without an answer");
    BOOST_TEST(answer.error().retryable);
    BOOST_TEST(!answer.error().unsent);
    BOOST_TEST(peer.connections() == 1u);
}

// Over the kept connection it may have gone out, and over the next one not.
BOOST_AUTO_TEST_CASE(what_a_closed_connection_took_was_sent) {
    http::request what;
    {
        scripted_peer const peer(context, once(ok_answer("OK")));
        BOOST_TEST(send(to(peer, "http://localhost")).has_value());
        what = to(peer, "http://localhost");
        client->drop_connections();
    }
    context.poll();
    BOOST_TEST(send(std::move(what)).error().unsent);
}

BOOST_AUTO_TEST_CASE(connection_close_is_obeyed) {
    scripted_peer const peer(
        context, always("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
    BOOST_TEST(send(to(peer, "http://localhost")).has_value());
    BOOST_TEST(send(to(peer, "http://localhost")).has_value());
    BOOST_TEST(peer.connections() == 2u);
}

BOOST_AUTO_TEST_CASE(chunked_and_interim_answers_are_read) {
    scripted_peer const peer(
        context, always("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"
                        "\r\n\r\n3\r\none\r\n3;x=y\r\ntwo\r\n0\r\nTrailer: x\r\n\r\n"));
    BOOST_TEST(send(to(peer, "http://localhost")).value().content == "onetwo");
    BOOST_TEST(send(to(peer, "http://localhost")).value().content == "onetwo");
    BOOST_TEST(peer.connections() == 1u);
}

BOOST_AUTO_TEST_CASE(an_answer_until_the_end_needs_a_proper_end) {
    scripted_peer const polite(
        context,
        [](conversation& with, unsigned) -> done {
            co_await with.read_request();
            co_await with.write("HTTP/1.1 200 OK\r\n\r\nall of it");
            co_await with.shut_down();
        },
        trusted());
    BOOST_TEST(send(to(polite, "https://localhost")).value().content == "all of it");

    scripted_peer const cut(context, once("HTTP/1.1 200 OK\r\n\r\nsome of it"), trusted());
    auto const answer = send(to(cut, "https://localhost"));
    BOOST_REQUIRE(answer.has_error());
    BOOST_TEST((answer.error().at == link::step::receive));

    scripted_peer const whole(context, once(ok_answer("by length")), trusted());
    BOOST_TEST(send(to(whole, "https://localhost")).value().content == "by length");
}

BOOST_AUTO_TEST_CASE(a_body_that_is_cut_is_a_failure) {
    scripted_peer const peer(context, once("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"));
    auto const answer = send(to(peer, "http://localhost"));
    BOOST_REQUIRE(answer.has_error());
    BOOST_TEST((answer.error().at == link::step::receive));
    BOOST_TEST(answer.error().what ==
               "the peer closed the connection before the answer was complete");
    BOOST_TEST(answer.error().retryable);
}

BOOST_AUTO_TEST_CASE(answers_that_are_too_large_are_refused) {
    scripted_peer const peer(context, always(ok_answer(std::string(70'000, 'x'))));
    auto const answer = send(to(peer, "http://localhost"));
    BOOST_REQUIRE(answer.has_error());
    BOOST_TEST(answer.error().what == "the answer is larger than is accepted here");
    BOOST_TEST(!answer.error().retryable);
    auto what = to(peer, "http://localhost");
    what.max_answer = 70'000;
    BOOST_TEST(send(std::move(what)).has_value());

    scripted_peer const head(context, always("HTTP/1.1 200 OK\r\nX: " + std::string(40'000, 'x')));
    BOOST_TEST(send(to(head, "http://localhost")).error().what ==
               "the header of the answer is larger than 16 KiB");
}

BOOST_AUTO_TEST_CASE(a_redirect_is_named_and_never_followed) {
    scripted_peer const target(context, always(ok_answer("OK")));
    auto const there = "http://127.0.0.1:" + std::to_string(target.port()) + "/new";
    scripted_peer const peer(context, always("HTTP/1.1 301 Moved\r\nLocation: " + there +
                                             "?callToken=secret\r\nContent-Length: 0\r\n\r\n"));
    auto const answer = send(to(peer, "http://localhost"));
    BOOST_REQUIRE(answer.has_error());
    BOOST_TEST((answer.error().at == link::step::answer));
    BOOST_TEST(answer.error().status == 301u);
    BOOST_TEST(answer.error().what == "HTTP 301: it has moved to " + there);
    BOOST_TEST(!answer.error().retryable);
    BOOST_TEST(target.connections() == 0u);
}

BOOST_AUTO_TEST_CASE(error_statuses_are_answers) {
    scripted_peer const peer(context, always("HTTP/1.1 503 Busy\r\nRetry-After: 999999999\r\n"
                                             "Content-Length: 4\r\n\r\nbusy"));
    auto const answer = send(to(peer, "http://localhost")).value();
    BOOST_TEST(answer.status == 503u);
    BOOST_TEST(answer.content == "busy");
    BOOST_TEST((answer.retry_after == 24h));
}

BOOST_AUTO_TEST_CASE(what_does_not_speak_http_is_named) {
    scripted_peer const peer(context, once("SSH-2.0-OpenSSH_9.2p1\r\n\r\n"));
    auto const answer = send(to(peer, "http://localhost"));
    BOOST_REQUIRE(answer.has_error());
    BOOST_TEST(answer.error().what.starts_with("the answer is not HTTP"));
}

BOOST_AUTO_TEST_CASE(nobody_there_is_a_refused_connection) {
    http::request what;
    {
        scripted_peer const gone(context, always(""));
        what = to(gone, "http://localhost");
    }
    context.poll();
    auto const answer = send(std::move(what));
    BOOST_REQUIRE(answer.has_error());
    BOOST_TEST((answer.error().at == link::step::connect));
    BOOST_TEST(answer.error().what == "the connection was refused");
    BOOST_TEST(answer.error().retryable);
    BOOST_TEST(answer.error().unsent);
}

BOOST_AUTO_TEST_CASE(an_answer_given_before_the_whole_request_was_taken_counts) {
    scripted_peer const peer(context, [](conversation& with, unsigned) -> done {
        co_await with.read_some();
        co_await with.write("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
        co_await with.stay_silent();
    });
    auto const answer = send(to(peer, "http://localhost")).value();
    BOOST_TEST(answer.status == 413u);
}

BOOST_AUTO_TEST_CASE(stray_characters_cannot_become_headers) {
    scripted_peer const peer(context, always(ok_answer("OK")));
    auto header = to(peer, "http://localhost");
    header.headers.emplace_back("Authorization", "key\r\nX-Evil: 1");
    auto target = to(peer, "http://localhost");
    target.to.target = "/a b";
    for (auto const& what : {header, target}) {
        auto const answer = send(what);
        BOOST_REQUIRE(answer.has_error());
        BOOST_TEST((answer.error().at == link::step::address));
        BOOST_TEST(answer.error().message().find("Evil") == std::string::npos);
    }
    BOOST_TEST(peer.connections() == 0u);
}

BOOST_AUTO_TEST_CASE(a_cancelled_request_ends_at_once_and_drops_its_connection) {
    bool closed = false;
    scripted_peer const peer(
        context,
        [&](conversation& with, unsigned) -> done {
            co_await with.read_request();
            try {
                co_await with.stay_silent();
            } catch (boost::system::system_error const&) {
                closed = true;
            }
        },
        trusted());
    asio::cancellation_signal cancel;
    bool aborted = false;
    asio::co_spawn(context, client->send(to(peer, "https://localhost")),
                   asio::bind_cancellation_slot(
                       cancel.slot(), [&](std::exception_ptr thrown, link::result<http::response>) {
                           try {
                               std::rethrow_exception(thrown);
                           } catch (boost::system::system_error const& error) {
                               aborted = error.code() == asio::error::operation_aborted;
                           }
                       }));
    context.run_for(300ms);
    context.restart();
    cancel.emit(asio::cancellation_type::terminal);
    auto const limit = std::chrono::steady_clock::now() + 30s;
    while (!(aborted && closed) && context.run_one_until(limit) != 0) {
    }
    BOOST_TEST(aborted);
    BOOST_TEST(closed);
}

BOOST_AUTO_TEST_CASE(the_log_holds_steps_but_no_query) {
    scripted_peer const peer(context, always(ok_answer("OK")), trusted());
    BOOST_TEST(send(to(peer, "https://localhost")).has_value());
    BOOST_TEST(log.find("connected to 127.0.0.1:") != std::string::npos);
    BOOST_TEST(log.find("speaks TLSv1.3") != std::string::npos);
    BOOST_TEST(log.find("answered HTTP 200, 2 bytes") != std::string::npos);
    BOOST_TEST(log.find("q=1") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
