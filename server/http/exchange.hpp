#pragma once
// One request over a connection that has TLS, and its answer. The session runs one after the other.
// What a request may take of time and memory is bounded here; who has to go for it, admission says.

#include "server/http/session_context.hpp"
#include "server/http/transport.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>
#include <string>

namespace trafikito::server::http {

class exchange {
public:
    using stream_ptr = std::shared_ptr<body_stream>;

    /// `rest`: bytes that came already; those of the next request are left in it. `idle` is true
    /// while a cut loses nothing; `streamed` is what a cut must close, if anything.
    exchange(session_context& shared, connection_id id, transport& over, std::string& rest,
             bool& idle, stream_ptr& streamed);

    /// True when the connection may carry another. Its head may take the time that the transport
    /// has. `last`: the answer says that the connection ends. `too_much`: it is told to come later.
    boost::asio::awaitable<bool> run(bool last, bool too_much);

private:
    using request_parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    using error_code = boost::system::error_code;

    boost::asio::awaitable<error_code> read_header(request_parser& parser);
    boost::asio::awaitable<error_code> read_more();
    void skip_blank_lines();
    error_code parse(request_parser& parser);
    boost::asio::awaitable<std::optional<response>> refusal_of(request_parser& parser);
    boost::asio::awaitable<error_code> read_body(request_parser& parser);
    boost::asio::awaitable<response> answer_to(request& from);
    boost::asio::awaitable<bool> write(response& answer, unsigned version, bool keep_alive,
                                       bool head_only);
    boost::asio::awaitable<bool> write_shared(response const& answer, unsigned version,
                                              bool keep_alive, bool head_only);
    boost::asio::awaitable<bool> write_stream(response const& answer, unsigned version,
                                              bool head_only);
    boost::asio::awaitable<void> refuse(response& answer, bool head_only);
    response refusal(unsigned status, std::string const& why);
    response come_later();
    bool claim(request_parser const& parser);
    void await_client();

    session_context& shared_;
    connection_id id_;
    transport& transport_;
    std::string& rest_;
    bool& idle_;
    stream_ptr& streamed_;
};

} // namespace trafikito::server::http
