#include "net/http/connection.hpp"

#include "net/http/tunnel.hpp"
#include "net/link/connect.hpp"
#include "net/link/error_text.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <cerrno>

#include <sys/socket.h>

namespace trafikito::net::http {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using tls_stream = asio::ssl::stream<tcp::socket>;
using tls_in_tls_stream = asio::ssl::stream<tls_stream>;
using opened = link::result<std::unique_ptr<connection>>;

/// An end, an error or bytes that nobody asked for make a socket readable.
bool is_quiet(int socket) {
    char byte = 0;
    auto const got = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

class plain_connection : public connection {
public:
    explicit plain_connection(tcp::socket socket) : socket_(std::move(socket)) {}

    asio::awaitable<outcome> exchange(std::string_view head, body const& content,
                                      std::size_t max_answer, link::progress& progress) override {
        return http::exchange(over_, head, content, max_answer, progress);
    }

    bool is_idle() override { return is_quiet(socket_.native_handle()); }
    [[nodiscard]] bool wanted_certificate() const override { return false; }

private:
    tcp::socket socket_;
    transport_over<tcp::socket> over_{socket_};
};

template <class Stream>
class tls_connection : public connection {
public:
    template <class Lower>
    tls_connection(Lower lower, asio::ssl::context& context) : stream_(std::move(lower), context) {}

    Stream& stream() { return stream_; }

    asio::awaitable<outcome> exchange(std::string_view head, body const& content,
                                      std::size_t max_answer, link::progress& progress) override {
        return http::exchange(over_, head, content, max_answer, progress);
    }

    bool is_idle() override {
        auto* const tls = stream_.native_handle();
        return ::SSL_get_shutdown(tls) == 0 && ::SSL_pending(tls) == 0 &&
               is_quiet(stream_.lowest_layer().native_handle());
    }

    [[nodiscard]] bool wanted_certificate() const override {
        return link::tls_sessions::wanted_certificate(const_cast<Stream&>(stream_).native_handle());
    }

private:
    Stream stream_;
    transport_over<Stream> over_{stream_};
};

class opening {
public:
    opening(dialer with, link::endpoint to, link::progress& progress)
        : with_(std::move(with)), to_(std::move(to)), progress_(progress) {}

    asio::awaitable<opened> run() {
        if (!with_.through) {
            auto socket = co_await dial(to_);
            if (!socket) {
                co_return socket.error();
            }
            if (!to_.tls) {
                co_return std::make_unique<plain_connection>(std::move(*socket));
            }
            co_return co_await secure<tls_stream>(std::move(*socket));
        }
        progress_.proxy = with_.through->to.peer();
        auto socket = co_await dial(with_.through->to);
        if (!socket) {
            co_return socket.error();
        }
        if (with_.through->to.tls) {
            co_return co_await through_secure_proxy(std::move(*socket));
        }
        transport_over<tcp::socket> over(*socket);
        if (auto why = co_await dig(over)) {
            co_return std::move(*why);
        }
        co_return co_await secure<tls_stream>(std::move(*socket));
    }

private:
    asio::awaitable<link::result<tcp::socket>> dial(link::endpoint const& where) {
        progress_.enter(link::step::resolve);
        auto const found = co_await with_.names.resolve(where.host, where.port);
        if (!found) {
            co_return found.error();
        }
        progress_.enter(link::step::connect);
        auto made = co_await link::connect_first(with_.executor, *found, with_.log);
        if (made.error) {
            auto why = link::failed_at(progress_, where.peer(), made.error);
            if (found->size() > 1) {
                why.what += " (" + std::to_string(found->size()) + " addresses)";
            }
            co_return why;
        }
        co_return std::move(made.socket);
    }

    /// Asks the proxy for the tunnel; behind it, the way is as good as a direct one.
    asio::awaitable<std::optional<link::failure>> dig(transport& over) {
        auto why =
            co_await open_tunnel(over, *with_.through, to_.peer(), with_.user_agent, progress_);
        if (!why) {
            progress_.proxy.clear();
            say("the proxy " + with_.through->to.peer() + " opened the way to " + to_.peer());
        }
        co_return why;
    }

    asio::awaitable<opened> through_secure_proxy(tcp::socket socket) {
        tls_stream outer(std::move(socket), with_.tls_to_proxy->context);
        auto const& via = with_.through->to;
        if (auto why = co_await link::shake_hands(outer, *with_.tls_to_proxy, via, progress_)) {
            co_return std::move(*why);
        }
        say("the proxy " + via.peer() + " speaks " + link::describe(outer.native_handle()));
        transport_over<tls_stream> over(outer);
        if (auto why = co_await dig(over)) {
            co_return std::move(*why);
        }
        co_return co_await secure<tls_in_tls_stream>(std::move(outer));
    }

    template <class Stream, class Lower>
    asio::awaitable<opened> secure(Lower lower) {
        auto made = std::make_unique<tls_connection<Stream>>(std::move(lower), with_.tls.context);
        if (auto why = co_await link::shake_hands(made->stream(), with_.tls, to_, progress_)) {
            co_return std::move(*why);
        }
        say(to_.peer() + " speaks " + link::describe(made->stream().native_handle()));
        co_return std::unique_ptr<connection>(std::move(made));
    }

    void say(std::string const& line) const {
        if (with_.log) {
            with_.log(line);
        }
    }

    dialer with_;
    link::endpoint to_;
    link::progress& progress_;
};

} // namespace

asio::awaitable<opened> open_connection(dialer with, link::endpoint to, link::progress& progress) {
    auto const peer = to.peer();
    opening one(std::move(with), std::move(to), progress);
    auto made = co_await one.run();
    if (!made) {
        co_return link::on_the_way(progress, peer, made.error());
    }
    co_return std::move(made);
}

} // namespace trafikito::net::http
