#include "net/connection.hpp"

#include "net/explain.hpp"
#include "net/tls.hpp"
#include "net/within.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/ssl/verify_context.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace trafikito::net {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

constexpr std::size_t max_addresses = 8; ///< of one name that are tried

class plain_connection : public connection {
public:
    explicit plain_connection(tcp::socket socket) : socket_(std::move(socket)) {}

    asio::awaitable<outcome> exchange(std::string_view head, body const& content,
                                      std::size_t max_answer, progress& far) override {
        return net::exchange(socket_, head, content, max_answer, far);
    }

private:
    tcp::socket socket_;
};

class tls_connection : public connection {
public:
    tls_connection(tcp::socket socket, asio::ssl::context& context)
        : stream_(std::move(socket), context) {}

    asio::awaitable<std::optional<failure>> handshake(dialer& with, endpoint const& to,
                                                      progress& far) {
        far.at = step::handshake;
        std::optional<explanation> refused;
        stream_.set_verify_callback([&](bool fine, asio::ssl::verify_context& verification) {
            if (!fine && !refused) {
                refused =
                    explain_certificate(verification.native_handle(), to.host, with.own_ca_file);
            }
            return fine;
        });
        if (!expect_peer(stream_.native_handle(), to.host)) {
            auto why = failed_at(far, to.peer(), {});
            why.what = "no certificate can hold for that name";
            why.retryable = false;
            co_return why;
        }
        auto const [error] = co_await stream_.async_handshake(asio::ssl::stream_base::client,
                                                              asio::as_tuple(asio::use_awaitable));
        // From now on the callback must not touch what lives in this frame.
        stream_.set_verify_callback([](bool fine, asio::ssl::verify_context&) { return fine; });
        if (error) {
            auto why = failed_at(far, to.peer(), error);
            if (refused) {
                why.what = std::move(refused->what);
                why.hint = std::move(refused->hint);
            }
            co_return why;
        }
        co_return std::nullopt;
    }

    asio::awaitable<outcome> exchange(std::string_view head, body const& content,
                                      std::size_t max_answer, progress& far) override {
        return net::exchange(stream_, head, content, max_answer, far);
    }

    [[nodiscard]] std::string describe() { return net::describe(stream_.native_handle()); }

private:
    asio::ssl::stream<tcp::socket> stream_;
};

asio::awaitable<error_code> connect_one(tcp::socket& socket, tcp::endpoint address) {
    auto const [error] =
        co_await socket.async_connect(address, asio::as_tuple(asio::use_awaitable));
    co_return error;
}

std::string text_of(tcp::endpoint const& address) {
    auto const text = address.address().to_string();
    return (address.address().is_v6() ? '[' + text + ']' : text) + ':' +
           std::to_string(address.port());
}

/// The error of the last address, or none once one is connected.
asio::awaitable<error_code> connect_any(tcp::socket& socket, addresses const& found,
                                        steady_clock::time_point deadline, trace const& log) {
    error_code last = asio::error::host_not_found;
    auto const count = std::min(found.size(), max_addresses);
    for (std::size_t i = 0; i < count; ++i) {
        error_code ignored;
        socket.close(ignored);
        auto const left = deadline - steady_clock::now();
        auto const share = left / static_cast<steady_clock::rep>(count - i);
        auto const tried =
            co_await within(connect_one(socket, found[i]), steady_clock::now() + share);
        last = tried.value_or(asio::error::timed_out);
        if (!last) {
            socket.set_option(tcp::no_delay(true), ignored);
            if (log) {
                log("connected to " + text_of(found[i]));
            }
            break;
        }
        if (log) {
            log("no connection to " + text_of(found[i]) + ": " + explain(last).what);
        }
    }
    co_return last;
}

} // namespace

failure failed_at(progress const& far, std::string const& peer, error_code error) {
    auto words = explain(error);
    failure why;
    why.at = far.at;
    why.peer = peer;
    why.what = std::move(words.what);
    why.hint = std::move(words.hint);
    why.retryable = true;
    return why;
}

asio::awaitable<result<std::unique_ptr<connection>>>
open_connection(dialer& with, endpoint const& to, steady_clock::time_point deadline,
                progress& far) {
    far.at = step::resolve;
    auto const found = co_await with.names.resolve(to.host, to.port);
    if (!found) {
        co_return found.error();
    }
    far.at = step::connect;
    tcp::socket socket(with.executor);
    if (auto const error = co_await connect_any(socket, *found, deadline, with.log)) {
        auto why = failed_at(far, to.peer(), error);
        if (found->size() > 1) {
            why.what += " (" + std::to_string(found->size()) + " addresses)";
        }
        co_return why;
    }
    if (!to.tls) {
        co_return std::make_unique<plain_connection>(std::move(socket));
    }
    auto opened = std::make_unique<tls_connection>(std::move(socket), with.tls);
    if (auto why = co_await opened->handshake(with, to, far)) {
        co_return std::move(*why);
    }
    if (with.log) {
        with.log(to.peer() + " speaks " + opened->describe());
    }
    co_return std::unique_ptr<connection>(std::move(opened));
}

} // namespace trafikito::net
