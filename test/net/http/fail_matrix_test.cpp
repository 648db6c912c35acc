// Whatever fails, wherever: the n-th operation of a handshake, a tunnel, a request, for every n.
#include "test/support/failing_stream.hpp"

#include "base/spawn.hpp"
#include "net/http/exchange.hpp"
#include "net/http/tunnel.hpp"
#include "net/link/handshake.hpp"
#include "net/link/step_watch.hpp"
#include "net/link/time_limit.hpp"
#include "test/net/client_fixture.hpp"
#include "test/support/scripted_proxy.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <set>

using namespace trafikito;
using namespace trafikito::net;
using namespace trafikito::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;
using failing = failing_stream<tcp::socket>;
using way = fail_plan::way;

namespace {

constexpr std::size_t too_many = 500;

std::string const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n";

/// What a request through a tunnel, over TLS, came to: nothing when all went well.
using verdict = std::optional<link::failure>;

struct matrix_fixture : client_fixture {
    scripted_peer peer{context,
                       [](conversation& with, unsigned) -> asio::awaitable<void> {
                           co_await with.read_request();
                           co_await with.write(
                               "HTTP/1.1 100 Continue\r\n\r\n"
                               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "2\r\nOK\r\n0\r\n\r\n");
                           co_await with.stay_silent();
                       },
                       trusted()};
    std::string seen;
    scripted_peer proxy_peer{context, tunnel_to(peer.port(), seen)};
    fail_plan plan;
    link::progress progress;

    asio::awaitable<verdict> talk(link::tls_side& side) {
        tcp::socket socket(context);
        tcp::endpoint const where(asio::ip::address_v4::loopback(), proxy_peer.port());
        co_await socket.async_connect(where, asio::use_awaitable);
        failing lower(std::move(socket), plan);
        trafikito::net::http::transport_over<failing> to_proxy(lower);
        trafikito::net::link::proxy const through{link::endpoint{}, {}};
        auto const origin = link::parse_endpoint("https://localhost").value();
        if (auto why =
                co_await http::open_tunnel(to_proxy, through, origin.peer(), "test", progress)) {
            co_return why;
        }
        asio::ssl::stream<failing> stream(std::move(lower), side.context);
        if (auto why = co_await link::shake_hands(stream, side, origin, progress)) {
            co_return why;
        }
        http::body const content("body");
        trafikito::net::http::transport_over<asio::ssl::stream<failing>> over(stream);
        auto const got = co_await trafikito::net::http::exchange(over, head, content, 64, progress);
        if (got.error) {
            co_return link::failed_at(progress, origin.peer(), got.error);
        }
        BOOST_TEST(got.answer.body() == "OK");
        co_return std::nullopt;
    }

    std::unique_ptr<link::tls_side> make_side() {
        auto context_of_it =
            link::make_tls_context({directory.write("ca.pem", authority.certificate()), {}, {}})
                .value();
        return std::make_unique<link::tls_side>(std::move(context_of_it),
                                                std::vector<std::string>{}, link::trust::ca_file);
    }

    /// For every n; `one` runs talk() somehow and judges it, true when nothing failed.
    template <class One>
    void for_every_operation(way how, One one) {
        std::set<link::step> reached;
        bool done = false;
        for (std::size_t n = 1; !done && n < too_many; ++n) {
            BOOST_TEST_CONTEXT("operation " << n) {
                plan = fail_plan{how, n, 0, {}};
                progress = {};
                done = one();
                reached.insert(progress.at);
            }
        }
        BOOST_TEST(done);
        for (auto const at : {link::step::proxy, link::step::handshake, link::step::wait}) {
            BOOST_TEST(reached.count(at) == 1u, link::name_of(at));
        }
    }

    void judge(link::failure const& why) const {
        BOOST_TEST(link::name_of(why.at) == link::name_of(progress.at));
        BOOST_TEST((why.at >= link::step::proxy && why.at <= link::step::receive));
        BOOST_TEST(why.retryable);
        BOOST_TEST(why.uncertain == (why.at >= link::step::wait));
        BOOST_TEST(!why.what.empty());
        BOOST_TEST(why.message().find("asio") == std::string::npos);
    }
};

/// Ends a coroutine after that many handlers; true when it was still running then.
bool cancelled_after(asio::io_context& context, asio::awaitable<link::result<http::response>> work,
                     std::size_t handlers) {
    context.restart();
    context.poll(); // what is left of the last round
    asio::cancellation_signal cancel;
    bool ended = false;
    bool aborted = false;
    trafikito::base::spawn(
        context.get_executor(), std::move(work),
        asio::bind_cancellation_slot(
            cancel.slot(), [&](std::exception_ptr thrown, link::result<http::response> const&) {
                ended = true;
                aborted = thrown != nullptr;
            }));
    context.restart();
    auto const limit = std::chrono::steady_clock::now() + 30s;
    for (std::size_t count = 0; count < handlers && !ended; ++count) {
        context.run_one_until(limit);
    }
    bool const in_time = !ended;
    cancel.emit(asio::cancellation_type::terminal);
    while (!ended && context.run_one_until(limit) != 0) {
    }
    BOOST_TEST(ended);
    BOOST_TEST((in_time || !aborted));
    return in_time;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(fail_matrix, matrix_fixture)

BOOST_AUTO_TEST_CASE(an_error_or_an_end_is_told_with_its_step) {
    for (auto const how : {way::error, way::end_of_stream}) {
        auto const side = make_side();
        for_every_operation(how, [&] {
            auto const why = run_here(context, talk(*side));
            if (why) {
                judge(*why);
            }
            return !why && plan.operations < plan.fail_at;
        });
    }
}

BOOST_AUTO_TEST_CASE(a_silence_ends_at_the_bound_of_its_step) {
    auto const side = make_side();
    for_every_operation(way::silence, [&] {
        link::step_watch watch(context.get_executor(), 150ms);
        progress.entered = [&](link::step next) { watch.enter(next); };
        plan.reached = [&] { progress.entered = {}; }; // no further step may begin
        auto ended = watch.expired();
        auto const why = run_here(context, link::unless(talk(*side), std::move(ended)));
        progress.entered = {};
        return why.has_value() && plan.operations < plan.fail_at;
    });
}

BOOST_AUTO_TEST_CASE(a_cancellation_ends_it_wherever_it_is) {
    auto const side = make_side();
    for_every_operation(way::silence, [&] {
        asio::cancellation_signal cancel;
        bool ended = false;
        bool whole = false;
        plan.reached = [&] {
            asio::post(context, [&] { cancel.emit(asio::cancellation_type::terminal); });
        };
        asio::co_spawn(context, talk(*side),
                       asio::bind_cancellation_slot(
                           cancel.slot(), [&](std::exception_ptr thrown, verdict const& why) {
                               ended = true;
                               whole = !thrown && !why;
                           }));
        context.restart();
        auto const limit = std::chrono::steady_clock::now() + 30s;
        while (!ended && context.run_one_until(limit) != 0) {
        }
        BOOST_TEST(ended);
        return whole && plan.operations < plan.fail_at;
    });
}

BOOST_AUTO_TEST_CASE(a_request_can_be_cancelled_after_any_handler) {
    http::client_settings settings;
    settings.request_timeout = 20s;
    settings.proxy = base::secret("http://127.0.0.1:" + std::to_string(proxy_peer.port()));
    std::size_t handlers = 0;
    for (bool running = true; running && handlers < 2000; ++handlers) {
        client = make_client(settings);
        http::request what;
        what.to = link::parse_endpoint("https://localhost/x").value();
        what.content = trafikito::net::http::body("body");
        running = cancelled_after(context, client->send(std::move(what)), handlers);
    }
    BOOST_TEST(handlers > 20u);
    BOOST_TEST(handlers < 2000u);
}

BOOST_AUTO_TEST_SUITE_END()
