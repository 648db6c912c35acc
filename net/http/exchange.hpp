#pragma once
// One request and its answer over any stream: the HTTP/1.1 part of http_client. A template, so that
// a test can fail its n-th operation; private to net/. It knows no time: its caller sets the
// deadline.

#include "base/ascii.hpp"
#include "base/spawn.hpp"
#include "net/http/body.hpp"
#include "net/link/error_text.hpp"
#include "net/link/exchange_error.hpp"
#include "net/link/progress.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
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
#include <exception>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace trafikito::net::http {

inline constexpr std::size_t max_answer_header = 16UL * 1024;
inline constexpr std::ptrdiff_t max_answer_fields = 128;
inline constexpr std::size_t max_interim_answers = 8; ///< 1xx before the answer proper

struct outcome {
    boost::system::error_code error;
    bool keep_alive = false; ///< the connection can carry another request
    boost::beast::http::response<boost::beast::http::string_body> answer;
};

using transfer_result = std::tuple<boost::system::error_code, std::size_t>;

/// What sending and receiving, which go on at the same time, know of each other.
struct both_ways {
    link::progress& progress;
    bool decided = false;                 ///< nothing more is to be expected: ends the other one
    boost::system::error_code not_sent;   ///< why sending stopped
    boost::system::error_code unreadable; ///< why the content could not be read
};

/// A condition for parallel_group: runs on until it is decided.
struct until_decided {
    both_ways const* both;

    template <class... Args>
    boost::asio::cancellation_type operator()(Args const&... /*ended*/) const {
        return both->decided ? boost::asio::cancellation_type::terminal
                             : boost::asio::cancellation_type::none;
    }
};

/// What came of an operation, for a coroutine that does not throw when it is cancelled. A
/// cancellation that comes when the operation is done, and its handler waits for its turn, ends
/// nothing, and the next operation would not hear of it.
inline boost::asio::awaitable<boost::system::error_code>
or_cancelled(boost::system::error_code error) {
    auto const state = co_await boost::asio::this_coro::cancellation_state;
    bool const cancelled = state.cancelled() != boost::asio::cancellation_type::none;
    co_return !error && cancelled ? boost::asio::error::operation_aborted : error;
}

/// Sends `head` (everything up to and with the blank line) and `content`.
template <class Stream>
boost::asio::awaitable<void> send_message(Stream& stream, std::string_view head,
                                          body const& content, both_ways& both) {
    // Cancelled, it ends by the error of its write, not by an exception.
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    auto const quiet = boost::asio::as_tuple(boost::asio::use_awaitable);
    body_reader reader(content);
    // The first bytes of the body go out with the head: one packet for most requests.
    std::string first(head);
    first += reader.next(both.unreadable);
    std::string_view chunk = first;
    while (!both.unreadable && !both.not_sent && !chunk.empty()) {
        auto const bytes = boost::asio::buffer(chunk.data(), chunk.size());
        transfer_result const sent = co_await boost::asio::async_write(stream, bytes, quiet);
        both.not_sent = std::get<0>(sent);
        if (!both.not_sent) {
            chunk = reader.next(both.unreadable);
        }
        if (!chunk.empty()) {
            both.not_sent = co_await or_cancelled(both.not_sent);
        }
    }
    // A peer that hangs up while it is sent to may have said why: its answer is awaited.
    both.decided =
        both.decided || both.unreadable || (both.not_sent && !link::is_hang_up(both.not_sent));
    if (!both.not_sent && !both.unreadable) {
        both.progress.sent_whole = true;
        if (!both.progress.answer_began) {
            both.progress.enter(link::step::wait);
        }
    }
}

/// Whether a body comes in a coding that was not asked for, and cannot be read as what it stands
/// for: all but `chunked` alone (RFC 9112, 6.1).
template <class Fields>
bool is_coded(Fields const& fields) {
    namespace http = boost::beast::http;
    auto const found = fields.equal_range(http::field::transfer_encoding);
    auto const count = std::distance(found.first, found.second);
    return count > 1 ||
           (count == 1 &&
            !base::equals_ignoring_case(base::trim_white_space(found.first->value()), "chunked"));
}

template <class Stream, class Parser>
boost::asio::awaitable<boost::system::error_code>
receive_head(Stream& stream, boost::beast::flat_buffer& buffer, Parser& parser) {
    auto const quiet = boost::asio::as_tuple(boost::asio::use_awaitable);
    transfer_result const head =
        co_await boost::beast::http::async_read_header(stream, buffer, parser, quiet);
    auto error = std::get<0>(head);
    auto const& fields = parser.get().base();
    if (!error && std::distance(fields.begin(), fields.end()) > max_answer_fields) {
        error = link::exchange_error::too_many_fields;
    } else if (!error && is_coded(fields)) {
        error = boost::beast::http::error::bad_transfer_encoding;
    }
    co_return error;
}

/// Reads an answer of at most `max_answer` bytes. 1xx are skipped.
template <class Stream>
boost::asio::awaitable<outcome> receive_answer(Stream& stream, std::size_t max_answer,
                                               link::progress& progress) {
    namespace http = boost::beast::http;
    auto const quiet = boost::asio::as_tuple(boost::asio::use_awaitable);
    constexpr std::size_t read_size = 4096;
    outcome got;
    boost::beast::flat_buffer buffer(2 * max_answer_header);
    transfer_result const first = co_await stream.async_read_some(buffer.prepare(read_size), quiet);
    if (std::get<0>(first)) {
        got.error = std::get<0>(first);
        co_return got;
    }
    buffer.commit(std::get<1>(first));
    progress.answer_began = true;
    progress.enter(link::step::receive);
    got.error = co_await or_cancelled({});

    std::optional<http::response_parser<http::string_body>> parser;
    bool interim = true;
    for (std::size_t count = 0; interim && !got.error; ++count) {
        if (count > max_interim_answers) {
            got.error = link::exchange_error::too_many_interim_answers;
            co_return got;
        }
        parser.emplace();
        parser->header_limit(max_answer_header);
        parser->body_limit(max_answer);
        got.error = co_await receive_head(stream, buffer, *parser);
        got.error = co_await or_cancelled(got.error);
        interim = parser->get().result_int() < 200;
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

template <class Stream>
boost::asio::awaitable<outcome> receive_and_decide(Stream& stream, std::size_t max_answer,
                                                   both_ways& both) {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    auto got = co_await receive_answer(stream, max_answer, both.progress);
    both.decided = true;
    co_return got;
}

/// Both at the same time: a peer that refuses a request while it is being sent says why and closes,
/// and what it said is lost unless it is read at once (RFC 9112, 9.5). An answer counts more than a
/// request that could not be sent; sending ends with it.
template <class Stream>
boost::asio::awaitable<outcome> exchange(Stream& stream, std::string_view head, body const& content,
                                         std::size_t max_answer, link::progress& progress) {
    namespace asio = boost::asio;
    progress.enter(link::step::send);
    both_ways both{progress, false, {}, {}};
    auto const executor = co_await asio::this_coro::executor;
    auto sending = send_message(stream, head, content, both);
    auto receiving = receive_and_decide(stream, max_answer, both);
    auto done = co_await asio::experimental::make_parallel_group(
                    base::spawn(executor, std::move(sending), asio::deferred),
                    base::spawn(executor, std::move(receiving), asio::deferred))
                    .async_wait(until_decided{&both}, asio::use_awaitable);
    auto& [order, not_sent, not_received, got] = done;
    for (auto const& thrown : {not_sent, not_received}) {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
    }
    auto const local = both.unreadable ? both.unreadable : both.not_sent;
    bool const ended_by_us = local == asio::error::operation_aborted;
    if (local && !ended_by_us && !link::is_hang_up(local)) {
        got.error = local;
        progress.at = link::step::send;
    } else if (got.error && !progress.answer_began && local && !ended_by_us) {
        got.error = local;
    }
    got.keep_alive = got.keep_alive && !got.error && progress.sent_whole;
    co_return std::move(got);
}

} // namespace trafikito::net::http
