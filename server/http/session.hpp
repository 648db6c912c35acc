#pragma once
// One connection of the listener: its first bytes, a seat, TLS, requests and their responses in
// turn, and a good-bye that loses no answer. Only the listener uses it. It never decides who may
// come in or has to go: it asks admission, and has others cut by the listener.

#include "server/http/session_context.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <memory>
#include <optional>
#include <string>

namespace trafikito::server::http {

class session {
public:
    /// `id` is what admission::enter() gave.
    session(session_context& shared, connection_id id, boost::asio::ip::tcp::socket socket);
    ~session();
    session(session const&) = delete;
    session& operator=(session const&) = delete;

    /// The connection's whole life. Network errors end it; an exception is a bug, or memory.
    boost::asio::awaitable<void> run();

    /// Drops the connection: run() ends soon after.
    void cut();
    /// No request is under way: a cut loses nothing.
    [[nodiscard]] bool idle() const { return idle_; }

private:
    using tls_stream = boost::beast::ssl_stream<boost::beast::tcp_stream>;

    boost::asio::awaitable<bool> read_first_bytes();
    boost::asio::awaitable<bool> read_more_of(std::string& first);
    boost::asio::awaitable<bool> take_proxy_header();
    boost::asio::awaitable<bool> shake_hands();
    boost::asio::awaitable<void> exchange_all();
    boost::asio::awaitable<void> close();
    boost::beast::tcp_stream& transport();

    session_context& shared_;
    connection_id id_;
    boost::beast::tcp_stream transport_; ///< until TLS begins
    std::string first_;                  ///< what was read before TLS began
    std::shared_ptr<boost::asio::ssl::context> context_;
    std::optional<tls_stream> stream_;
    boost::beast::flat_buffer buffer_;
    bool idle_ = true;
};

} // namespace trafikito::server::http
