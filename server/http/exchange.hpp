#pragma once
// One request over a connection that has TLS, and its answer. The session runs one after the other.
// What a request may take of time and memory is bounded here; who has to go for it, admission says.

#include "server/http/session_context.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace trafikito::server::http {

class exchange {
public:
    using tls_stream = boost::beast::ssl_stream<boost::beast::tcp_stream>;
    using time_point = std::chrono::steady_clock::time_point;

    /// `idle` is true while a cut loses nothing.
    exchange(session_context& shared, connection_id id, tls_stream& stream,
             boost::beast::flat_buffer& buffer, bool& idle);

    /// True when the connection may carry another. `let_go`: when a head that has not come by then
    /// is not waited for any longer. `last`: the answer says that the connection ends.
    boost::asio::awaitable<bool> run(std::optional<time_point> let_go, bool last);

private:
    using request_parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    using error_code = boost::system::error_code;

    boost::asio::awaitable<error_code> read_header(request_parser& parser);
    boost::asio::awaitable<error_code> skip_blank_lines();
    boost::asio::awaitable<std::optional<response>> refusal_of(request_parser& parser);
    boost::asio::awaitable<error_code> read_body(request_parser& parser);
    boost::asio::awaitable<response> answer_to(request& from);
    boost::asio::awaitable<bool> write(response& answer, unsigned version, bool keep_alive,
                                       bool head_only);
    boost::asio::awaitable<bool> write_shared(response const& answer, unsigned version,
                                              bool keep_alive, bool head_only);
    boost::asio::awaitable<void> refuse(response& answer, bool head_only);
    response refusal(unsigned status, std::string const& why);
    bool claim(request_parser const& parser);
    void await_client();

    session_context& shared_;
    connection_id id_;
    tls_stream& stream_;
    boost::beast::flat_buffer& buffer_;
    bool& idle_;
};

} // namespace trafikito::server::http
