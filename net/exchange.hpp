#pragma once
// One request and its answer over any stream: the HTTP/1.1 part of http_client. A template, so that
// a test can fail its n-th operation; private to net/. It knows no time: its caller sets the
// deadline.

#include "net/body.hpp"
#include "net/failure.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace trafikito::net {

inline constexpr std::size_t max_answer_header = 16UL * 1024;
inline constexpr std::size_t max_interim_answers = 8; ///< 1xx before the answer proper

/// How far a request came; what a time-out or an error means depends on it.
struct progress {
    step at = step::resolve;
    bool answer_began = false; ///< at least one byte of it arrived
};

struct outcome {
    boost::system::error_code error;
    bool keep_alive = false; ///< the connection can carry another request
    boost::beast::http::response<boost::beast::http::string_body> answer;
};

using transfer_result = std::tuple<boost::system::error_code, std::size_t>;

/// Sends `head` (everything up to and with the blank line) and `content`.
template <class Stream>
boost::asio::awaitable<boost::system::error_code>
send_message(Stream& stream, std::string_view head, body const& content) {
    auto const quiet = boost::asio::as_tuple(boost::asio::use_awaitable);
    boost::system::error_code error;
    body_reader reader(content);
    // The first bytes of the body go out with the head: one packet for most requests.
    std::string first(head);
    first += reader.next(error);
    std::string_view chunk = first;
    while (!error && !chunk.empty()) {
        auto const bytes = boost::asio::buffer(chunk.data(), chunk.size());
        transfer_result const sent = co_await boost::asio::async_write(stream, bytes, quiet);
        error = std::get<0>(sent);
        if (!error) {
            chunk = reader.next(error);
        }
    }
    co_return error;
}

/// Reads an answer of at most `max_answer` bytes. 1xx are skipped.
template <class Stream>
boost::asio::awaitable<outcome> receive_answer(Stream& stream, std::size_t max_answer,
                                               progress& far) {
    namespace http = boost::beast::http;
    auto const quiet = boost::asio::as_tuple(boost::asio::use_awaitable);
    constexpr std::size_t read_size = 4096;
    outcome got;
    boost::beast::flat_buffer buffer(2 * max_answer_header);
    far.at = step::wait;
    transfer_result const first = co_await stream.async_read_some(buffer.prepare(read_size), quiet);
    if (std::get<0>(first)) {
        got.error = std::get<0>(first);
        co_return got;
    }
    buffer.commit(std::get<1>(first));
    far.at = step::receive;
    far.answer_began = true;

    std::optional<http::response_parser<http::string_body>> parser;
    for (std::size_t count = 0; count <= max_interim_answers; ++count) {
        parser.emplace();
        parser->header_limit(max_answer_header);
        parser->body_limit(max_answer);
        transfer_result const head =
            co_await http::async_read_header(stream, buffer, *parser, quiet);
        got.error = std::get<0>(head);
        if (got.error || parser->get().result_int() >= 200) {
            break;
        }
    }
    if (!got.error && parser->get().result_int() < 200) {
        got.error = http::error::bad_status;
    }
    if (!got.error && !parser->is_done()) {
        transfer_result const rest = co_await http::async_read(stream, buffer, *parser, quiet);
        got.error = std::get<0>(rest);
    }
    if (!got.error) {
        // Bytes after the answer belong to nothing that was asked.
        got.keep_alive = parser->keep_alive() && buffer.size() == 0;
        got.answer = parser->release();
    }
    co_return got;
}

/// Both. A peer that refuses a request while it is being sent may have said why: its answer counts
/// more than the broken pipe.
template <class Stream>
boost::asio::awaitable<outcome> exchange(Stream& stream, std::string_view head, body const& content,
                                         std::size_t max_answer, progress& far) {
    far.at = step::send;
    auto const not_sent = co_await send_message(stream, head, content);
    bool const hung_up = not_sent == boost::asio::error::broken_pipe ||
                         not_sent == boost::asio::error::connection_reset;
    if (not_sent && !hung_up) {
        outcome failed;
        failed.error = not_sent;
        co_return failed;
    }
    auto got = co_await receive_answer(stream, max_answer, far);
    if (not_sent) {
        got.keep_alive = false;
        if (got.error) {
            got.error = not_sent;
            far.at = step::send;
        }
    }
    co_return got;
}

} // namespace trafikito::net
