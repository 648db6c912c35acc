#include "net/http/exchange.hpp"

#include "base/ascii.hpp"
#include "base/spawn.hpp"
#include "net/link/error_text.hpp"
#include "net/link/exchange_error.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/read_size.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>

#include <exception>
#include <iterator>
#include <optional>
#include <string>

namespace trafikito::net::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace beast_http = beast::http;
using boost::system::error_code;

constexpr std::size_t max_read = 64UL * 1024;   ///< of a single call
constexpr std::size_t one_record = 16UL * 1024; ///< of TLS

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
asio::awaitable<error_code> or_cancelled(error_code error) {
    auto const state = co_await asio::this_coro::cancellation_state;
    bool const cancelled = state.cancelled() != asio::cancellation_type::none;
    co_return !error && cancelled ? asio::error::operation_aborted : error;
}

asio::awaitable<void> send_message(transport& over, std::string_view head, body const& content,
                                   both_ways& both) {
    // Cancelled, it ends by the error of its write, not by an exception.
    co_await asio::this_coro::throw_if_cancelled(false);
    body_reader reader(content);
    // The first bytes of the body go out with the head: most requests whole, in one record.
    std::string first(head);
    for (std::string_view next = reader.next(both.unreadable); !next.empty();
         next = first.size() < one_record ? reader.next(both.unreadable) : std::string_view()) {
        first += next;
    }
    std::string_view chunk = first;
    while (!both.unreadable && !both.not_sent && !chunk.empty()) {
        both.not_sent = co_await send_all(over, chunk);
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
bool is_coded(beast_http::fields const& fields) {
    auto const found = fields.equal_range(beast_http::field::transfer_encoding);
    auto const count = std::distance(found.first, found.second);
    return count > 1 ||
           (count == 1 &&
            !base::equals_ignoring_case(base::trim_white_space(found.first->value()), "chunked"));
}

enum class part { header, all };

/// As Beast's async_read_header() and async_read(), which are templates on their stream.
asio::awaitable<error_code> read(transport& over, beast::flat_buffer& buffer,
                                 beast_http::basic_parser<false>& parser, part until) {
    parser.eager(until == part::all);
    auto const is_done = [&] {
        return until == part::all ? parser.is_done() : parser.is_header_done();
    };
    error_code error;
    bool waited = false;
    while (!error && !is_done()) {
        if (buffer.size() != 0) {
            buffer.consume(parser.put(buffer.data(), error));
            if (error != beast_http::error::need_more) {
                continue;
            }
        }
        auto const size = beast::read_size(buffer, max_read);
        if (size == 0) {
            co_return beast_http::error::buffer_overflow;
        }
        transfer_result const got = co_await over.read_some(buffer.prepare(size));
        waited = true;
        buffer.commit(std::get<1>(got));
        error = co_await or_cancelled(std::get<0>(got));
        if (error == asio::error::eof && !parser.got_some()) {
            error = beast_http::error::end_of_stream;
        } else if (error == asio::error::eof) {
            error.clear();
            parser.put_eof(error);
            co_return error; // without one, it is done
        }
    }
    if (!waited) { // a cancellation that waits for its turn comes before what follows
        auto const executor = co_await asio::this_coro::executor;
        co_await asio::post(executor, asio::use_awaitable);
    }
    co_return error;
}

asio::awaitable<outcome> receive_answer(transport& over, std::size_t max_answer,
                                        link::progress& progress) {
    constexpr std::size_t read_size = 4096;
    outcome got;
    beast::flat_buffer buffer(2 * max_answer_header);
    transfer_result const first = co_await over.read_some(buffer.prepare(read_size));
    if (std::get<0>(first)) {
        got.error = std::get<0>(first);
        co_return got;
    }
    buffer.commit(std::get<1>(first));
    progress.answer_began = true;
    progress.enter(link::step::receive);
    got.error = co_await or_cancelled({});

    std::optional<beast_http::response_parser<beast_http::string_body>> parser;
    bool interim = true;
    for (std::size_t count = 0; interim && !got.error; ++count) {
        if (count > max_interim_answers) {
            got.error = link::exchange_error::too_many_interim_answers;
            co_return got;
        }
        parser.emplace();
        parser->header_limit(max_answer_header);
        parser->body_limit(max_answer);
        got.error = co_await receive_head(over, buffer, *parser, parser->get());
        got.error = co_await or_cancelled(got.error);
        interim = parser->get().result_int() < 200;
    }
    if (!got.error && !parser->is_done()) {
        got.error = co_await read(over, buffer, *parser, part::all);
    }
    if (!got.error) {
        // Bytes after the answer belong to nothing that was asked.
        got.keep_alive = parser->keep_alive() && buffer.size() == 0;
        got.answer = parser->release();
    }
    co_return got;
}

asio::awaitable<outcome> receive_and_decide(transport& over, std::size_t max_answer,
                                            both_ways& both) {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto got = co_await receive_answer(over, max_answer, both.progress);
    both.decided = true;
    co_return got;
}

/// A request that the kernel takes whole, at one go, is sent before its answer is read: to do both
/// at once gains nothing then.
asio::awaitable<outcome> one_after_the_other(transport& over, std::string_view head,
                                             body const& content, std::size_t max_answer,
                                             both_ways& both) {
    bool const throws = co_await asio::this_coro::throw_if_cancelled();
    co_await send_message(over, head, content, both); // from here on it does not throw
    outcome got;
    // One that came while the last write's handler waited for its turn: nobody else would hear it.
    got.error = co_await or_cancelled(both.unreadable ? both.unreadable : both.not_sent);
    if (!both.decided && got.error != asio::error::operation_aborted) {
        got = co_await receive_answer(over, max_answer, both.progress);
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
    co_return got;
}

/// A large request may be answered before it is sent whole.
asio::awaitable<outcome> at_once(transport& over, std::string_view head, body const& content,
                                 std::size_t max_answer, both_ways& both) {
    auto const executor = co_await asio::this_coro::executor;
    auto sending = send_message(over, head, content, both);
    auto receiving = receive_and_decide(over, max_answer, both);
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
    co_return std::move(got);
}

} // namespace

asio::awaitable<error_code> send_all(transport& over, std::string_view bytes) {
    error_code error;
    while (!error && !bytes.empty()) {
        transfer_result const sent =
            co_await over.write_some(asio::const_buffer(bytes.data(), bytes.size()));
        bytes.remove_prefix(std::get<1>(sent));
        error = std::get<0>(sent);
        if (!bytes.empty()) {
            error = co_await or_cancelled(error);
        }
    }
    co_return error;
}

asio::awaitable<error_code> receive_head(transport& over, beast::flat_buffer& buffer,
                                         beast_http::basic_parser<false>& parser,
                                         beast_http::fields const& fields) {
    auto error = co_await read(over, buffer, parser, part::header);
    if (!error && std::distance(fields.begin(), fields.end()) > max_answer_fields) {
        error = link::exchange_error::too_many_fields;
    } else if (!error && is_coded(fields)) {
        error = beast_http::error::bad_transfer_encoding;
    }
    co_return error;
}

asio::awaitable<outcome> exchange(transport& over, std::string_view head, body const& content,
                                  std::size_t max_answer, link::progress& progress) {
    progress.enter(link::step::send);
    both_ways both{progress, false, {}, {}};
    outcome got;
    if (head.size() + content.size() <= one_record) {
        got = co_await one_after_the_other(over, head, content, max_answer, both);
    } else {
        got = co_await at_once(over, head, content, max_answer, both);
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
