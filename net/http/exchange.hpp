#pragma once
// One request and its answer over any transport: the HTTP/1.1 part of http_client; private to net/.
// It knows no time: its caller sets the deadline.

#include "net/http/body.hpp"
#include "net/http/transport.hpp"
#include "net/link/progress.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <string_view>

namespace trafikito::net::http {

inline constexpr std::size_t max_answer_header = 16UL * 1024;
inline constexpr std::ptrdiff_t max_answer_fields = 128;
inline constexpr std::size_t max_interim_answers = 8; ///< 1xx before the answer proper

struct outcome {
    boost::system::error_code error;
    bool keep_alive = false; ///< the connection can carry another request
    boost::beast::http::response<boost::beast::http::string_body> answer;
};

/// Sends `bytes` to the last one.
boost::asio::awaitable<boost::system::error_code> send_all(transport& over, std::string_view bytes);

/// Reads on, behind what is in `buffer`, until `parser`, whose fields are `fields`, has the whole
/// header; what came behind that stays in `buffer`.
boost::asio::awaitable<boost::system::error_code>
receive_head(transport& over, boost::beast::flat_buffer& buffer,
             boost::beast::http::basic_parser<false>& parser,
             boost::beast::http::fields const& fields);

/// Sends `head` (everything up to and with the blank line) and `content`, and reads an answer of at
/// most `max_answer` bytes at the same time: a peer that refuses a request while it is being sent
/// says why and closes, and what it said is lost unless it is read at once (RFC 9112, 9.5). An
/// answer counts more than a request that could not be sent; sending ends with it. 1xx are skipped.
boost::asio::awaitable<outcome> exchange(transport& over, std::string_view head,
                                         body const& content, std::size_t max_answer,
                                         link::progress& progress);

} // namespace trafikito::net::http
