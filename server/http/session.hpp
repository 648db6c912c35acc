#pragma once
// One connection of the listener: TLS, requests and their responses in turn, and a good-bye that
// loses no answer. Only the listener uses it. It never decides who may come in or has to go: it
// asks admission, and has others cut by the listener.

#include "server/http/admission.hpp"
#include "server/http/listener.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

namespace trafikito::server::http {

/// What the sessions of one listener have in common; it outlives them.
struct session_context {
    listener_settings settings;
    listener::handler answer;
    base::log_sink log;
    boost::asio::ssl::context tls;
    http::admission admission;
    /// To make room: closes another session's connection.
    std::function<void(connection_id)> cut;
    bool stopping = false; ///< no session begins another request
};

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
    using request_parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    using error_code = boost::system::error_code;

    boost::asio::awaitable<bool> exchange();
    boost::asio::awaitable<error_code> read_header(request_parser& parser);
    boost::asio::awaitable<error_code> skip_blank_lines();
    boost::asio::awaitable<error_code> read_body(request_parser& parser);
    boost::asio::awaitable<bool> write(response& answer, unsigned version, bool keep_alive);
    boost::asio::awaitable<void> refuse(unsigned status, std::string why);
    boost::asio::awaitable<void> close();
    bool claim_body(request_parser const& parser);
    [[nodiscard]] response answer_to(request const& request) const;
    boost::beast::tcp_stream& transport();
    void begin_step();

    session_context& shared_;
    connection_id id_;
    tls_stream stream_;
    boost::beast::flat_buffer buffer_;
    bool idle_ = true;
};

} // namespace trafikito::server::http
