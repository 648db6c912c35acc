#pragma once
// Between the plain values of message.hpp and Beast's messages. Only the session uses it; it
// instantiates no stream.

#include "server/http/message.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>

#include <ctime>
#include <string>
#include <string_view>

namespace trafikito::server::http {

/// Takes the message's body. A target in absolute-form (RFC 9112, 3.2.2) becomes its path and
/// query.
request to_request(boost::beast::http::request<boost::beast::http::string_body>& message,
                   std::string const& peer);

/// With Date, Server and the length of its body; 1xx, 204 and 304 have neither body nor length. To
/// HEAD only the header of this is sent.
boost::beast::http::response<boost::beast::http::string_body>
to_message(response&& answer, unsigned version, bool keep_alive);

/// The same of an answer that has a shared body, which must live as long as the message.
boost::beast::http::response<boost::beast::http::span_body<char const>>
to_shared_message(response const& answer, unsigned version, bool keep_alive);

/// The head of an answer whose body is a stream: in chunks (as_chunk()), to HTTP/1.0 without; the
/// connection ends with it.
boost::beast::http::response<boost::beast::http::empty_body>
to_stream_message(response const& answer, unsigned version);
/// The empty one is the last.
std::string as_chunk(std::string_view bytes);

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
std::string http_date(std::time_t seconds);

/// What to tell a client whose request cannot be read; 0 when there is nobody left to tell. `read`
/// is what there is of its head: with a length in it, a second way of framing is a bad request
/// (400); without, Transfer-Encoding is one that is not understood (501).
unsigned status_of(boost::system::error_code const& failed,
                   boost::beast::http::request_header<> const& read = {});

} // namespace trafikito::server::http
