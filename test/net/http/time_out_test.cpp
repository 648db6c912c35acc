#include "net/link/time_limit.hpp"

#include "base/spawn.hpp"
#include "test/net/client_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <stdexcept>

using namespace trafikito::net;
using namespace std::chrono_literals;
using namespace trafikito::test;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

struct impatient : client_fixture {
    impatient() { client = make_client(authority.certificate(), 200ms); }

    void must_time_out_at(link::step expected, http::request what) {
        auto const answer = send(std::move(what));
        BOOST_REQUIRE(answer.has_error());
        BOOST_TEST(link::name_of(answer.error().at) == link::name_of(expected));
        BOOST_TEST(answer.error().what == "timed out after 200 ms");
        BOOST_TEST(answer.error().retryable);
        BOOST_TEST(!answer.error().peer.empty());
    }
};

/// An address that lets connections hang: its queue is full and nobody accepts (listen(2),
/// backlog).
class full_listener {
public:
    explicit full_listener(asio::io_context& context)
        : acceptor_(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        acceptor_.listen(0);
        for (int count = 0; count < 4; ++count) {
            waiting_.emplace_back(context).async_connect(acceptor_.local_endpoint(),
                                                         [](boost::system::error_code) {});
        }
    }

    [[nodiscard]] tcp::endpoint address() const { return acceptor_.local_endpoint(); }

private:
    tcp::acceptor acceptor_;
    std::deque<tcp::socket> waiting_;
};

/// Gives the same addresses for every name.
class fixed_resolver : public trafikito::net::link::resolver {
public:
    explicit fixed_resolver(link::addresses found) : found_(std::move(found)) {}

    asio::awaitable<link::result<link::addresses>> resolve(std::string, std::uint16_t) override {
        co_return found_;
    }

private:
    link::addresses found_;
};

/// Never answers.
class silent_resolver : public trafikito::net::link::resolver {
public:
    asio::awaitable<link::result<link::addresses>> resolve(std::string, std::uint16_t) override {
        asio::steady_timer forever(co_await asio::this_coro::executor,
                                   asio::steady_timer::time_point::max());
        co_await forever.async_wait(asio::use_awaitable);
        co_return link::addresses{};
    }
};

asio::awaitable<int> after(std::chrono::milliseconds time, bool fails = false) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
    if (fails) {
        throw std::runtime_error("failed");
    }
    co_return 42;
}

std::chrono::steady_clock::time_point in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(time_out, impatient)

BOOST_AUTO_TEST_CASE(what_ends_in_time_returns_its_value_or_its_exception_at_once) {
    auto const begin = std::chrono::steady_clock::now();
    BOOST_TEST((run_here(context, link::within(after(1ms), in(1h))) == 42));
    BOOST_CHECK_THROW(run_here(context, link::within(after(1ms, true), in(1h))),
                      std::runtime_error);
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 1min));
}

BOOST_AUTO_TEST_CASE(what_does_not_is_ended) {
    BOOST_TEST(!run_here(context, link::within(after(1h), in(1ms))).has_value());
    BOOST_TEST(!run_here(context, link::within(after(1h), in(-1ms))).has_value());
}

BOOST_AUTO_TEST_CASE(an_outer_deadline_ends_an_inner_wait) {
    auto const outer = run_here(context, link::within(link::within(after(1h), in(1h)), in(5ms)));
    BOOST_TEST(!outer.has_value());
}

BOOST_AUTO_TEST_CASE(a_cancellation_before_the_first_step_throws_to_who_awaits) {
    for (int handlers = 0; handlers < 8; ++handlers) {
        asio::cancellation_signal cancel;
        std::exception_ptr thrown;
        trafikito::base::spawn(
            context.get_executor(), link::within(after(1h), in(1h)),
            asio::bind_cancellation_slot(cancel.slot(),
                                         [&](std::exception_ptr error, std::optional<int> value) {
                                             BOOST_TEST(!value.has_value());
                                             thrown = error;
                                         }));
        context.restart();
        for (int count = 0; count < handlers; ++count) {
            context.poll_one();
        }
        cancel.emit(asio::cancellation_type::terminal);
        auto const limit = std::chrono::steady_clock::now() + 30s;
        while (!thrown && context.run_one_until(limit) != 0) {
        }
        BOOST_REQUIRE(thrown);
        BOOST_CHECK_EXCEPTION(
            std::rethrow_exception(thrown), boost::system::system_error,
            [](auto const& error) { return error.code() == asio::error::operation_aborted; });
    }
}

BOOST_AUTO_TEST_CASE(a_silent_name_server_is_named) {
    silent_resolver silent;
    http::client_settings settings;
    settings.request_timeout = 200ms;
    client = http::make_client(context.get_executor(), settings, silent).value();
    http::request what;
    what.to.host = "a.example";
    must_time_out_at(link::step::resolve, std::move(what));
}

BOOST_AUTO_TEST_CASE(an_address_where_connections_hang_is_named) {
    full_listener const full(context);
    fixed_resolver where({full.address()});
    http::client_settings settings;
    settings.request_timeout = 200ms;
    client = http::make_client(context.get_executor(), settings, where).value();
    http::request what;
    what.to.host = "a.example";
    must_time_out_at(link::step::connect, std::move(what));
}

BOOST_AUTO_TEST_CASE(an_address_that_hangs_or_refuses_leaves_time_for_the_next) {
    full_listener const full(context);
    scripted_peer const peer(context, always(ok_answer("OK")));
    tcp::endpoint refusing;
    {
        full_listener const gone(context);
        refusing = gone.address();
    }
    tcp::endpoint const good(asio::ip::address_v4::loopback(), peer.port());
    fixed_resolver where({full.address(), refusing, good});
    http::client_settings settings;
    settings.request_timeout = 3s;
    client = http::make_client(context.get_executor(), settings, where).value();
    BOOST_TEST(send(to(peer, "http://localhost")).value().content == "OK");
}

BOOST_AUTO_TEST_CASE(a_silent_handshake_is_named) {
    auto settings = trusted();
    settings.shakes_hands = false;
    scripted_peer const peer(context, always(""), settings);
    must_time_out_at(link::step::handshake, to(peer, "https://localhost"));
}

BOOST_AUTO_TEST_CASE(a_peer_that_takes_no_body_is_named) {
    scripted_peer const peer(context, [](conversation& with, unsigned) -> asio::awaitable<void> {
        co_await with.read_some();
        asio::steady_timer forever(co_await asio::this_coro::executor,
                                   asio::steady_timer::time_point::max());
        co_await forever.async_wait(asio::use_awaitable);
    });
    auto what = to(peer, "http://localhost");
    what.content = trafikito::net::http::body(std::string(32 * 1024 * 1024, 'x'));
    must_time_out_at(link::step::send, std::move(what));
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_answer_is_named) {
    for (bool const tls : {false, true}) {
        scripted_peer const peer(
            context,
            [](conversation& with, unsigned) -> asio::awaitable<void> {
                co_await with.stay_silent();
            },
            tls ? trusted() : peer_settings{});
        must_time_out_at(link::step::wait,
                         to(peer, tls ? "https://localhost" : "http://localhost"));
    }
}

BOOST_AUTO_TEST_CASE(a_peer_that_stops_in_its_answer_is_named) {
    for (std::string const part :
         {"HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nha"}) {
        scripted_peer const peer(
            context,
            [&](conversation& with, unsigned) -> asio::awaitable<void> {
                co_await with.read_request();
                co_await with.write(part);
                co_await with.stay_silent();
            },
            trusted());
        must_time_out_at(link::step::receive, to(peer, "https://localhost"));
    }
}

BOOST_AUTO_TEST_CASE(a_time_out_drops_the_connection) {
    scripted_peer const peer(context,
                             [](conversation& with, unsigned number) -> asio::awaitable<void> {
                                 co_await with.read_request();
                                 co_await with.write(ok_answer("first"));
                                 co_await with.read_request();
                                 if (number == 1) {
                                     co_await with.stay_silent();
                                 }
                             });
    BOOST_TEST(send(to(peer, "http://localhost")).has_value());
    must_time_out_at(link::step::wait, to(peer, "http://localhost"));
    BOOST_TEST(send(to(peer, "http://localhost")).value().content == "first");
    BOOST_TEST(peer.connections() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
