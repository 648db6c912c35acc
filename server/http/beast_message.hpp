#pragma once
// Between the plain values of http.hpp and Beast's messages. Only the session uses it; it
// instantiates no stream.

#include "server/http/message.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>

namespace trafikito::server::http {

/// Takes the message's body.
request to_request(boost::beast::http::request<boost::beast::http::string_body>& message,
                   std::string const& peer);

boost::beast::http::response<boost::beast::http::string_body>
to_message(response&& answer, unsigned version, bool keep_alive);

/// What to tell a client whose request cannot be read; 0 when there is nobody left to tell.
unsigned status_of(boost::system::error_code const& failed);

} // namespace trafikito::server::http
