#pragma once
// One connection of the listener: its first bytes, a seat, TLS, requests and their responses in
// turn, and a good-bye that loses no answer. Only the listener uses it. It never decides who may
// come in or has to go: it asks admission, and has others cut by the listener.

#include "server/http/message.hpp"
#include "server/http/session_context.hpp"
#include "server/http/transport.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <memory>
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
    boost::asio::awaitable<bool> wait_for_first_bytes();
    boost::asio::awaitable<bool> take_proxy_header();
    boost::asio::awaitable<bool> wait_for_seat();
    boost::asio::awaitable<bool> shake_hands();
    boost::asio::awaitable<void> exchange_all();
    boost::asio::awaitable<bool> wait_for_request(bool unknown);
    boost::asio::awaitable<void> close();

    session_context& shared_;
    connection_id id_;
    transport transport_;
    std::shared_ptr<boost::asio::ssl::context> context_; ///< of its TLS
    std::shared_ptr<body_stream> streamed_;              ///< while its answer is one
    std::string rest_; ///< read, and of the request that comes next
    bool idle_ = true;
    bool turned_away_ = false; ///< it gets an answer, and no more
};

} // namespace trafikito::server::http
