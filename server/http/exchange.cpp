#include "server/http/exchange.hpp"

#include "base/printable.hpp"
#include "server/http/beast_message.hpp"
#include "server/http/head_rules.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace trafikito::server::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using steady = std::chrono::steady_clock;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// What a client whose large body found no room is told to wait.
constexpr char const* retry_seconds = "10";
constexpr std::size_t max_read = 64UL * 1024;

} // namespace

exchange::exchange(session_context& shared, connection_id id, tls_stream& stream,
                   beast::flat_buffer& buffer, bool& idle)
    : shared_(shared), id_(id), stream_(stream), buffer_(buffer), idle_(idle) {}

void exchange::await_client() {
    shared_.admission.await(id_, steady::now());
}

asio::awaitable<bool> exchange::run(std::optional<time_point> let_go, bool last) {
    request_parser parser;
    parser.header_limit(static_cast<std::uint32_t>(shared_.settings.max_header));
    parser.body_limit(shared_.settings.max_body);
    idle_ = true;
    await_client();
    auto const now = steady::now();
    auto const until = let_go ? std::min(*let_go, now + shared_.settings.step_timeout)
                              : now + shared_.settings.idle_timeout;
    beast::get_lowest_layer(stream_).expires_at(until);
    auto failed = co_await read_header(parser);
    idle_ = false;
    bool const head_only = !failed && parser.get().method() == http::verb::head;
    if (!failed) {
        auto refused = co_await refusal_of(parser);
        if (refused) {
            co_await refuse(*refused, head_only);
            co_return false;
        }
        failed = co_await read_body(parser);
    }
    if (failed) {
        bool const no_room = failed == beast::errc::not_enough_memory; // of read_body()
        auto const status = no_room ? 503 : status_of(failed, parser.get());
        if (status != 0) {
            auto answer =
                refusal(status, no_room ? "too many large requests at once" : failed.message());
            co_await refuse(answer, head_only);
        }
        co_return false;
    }
    auto message = parser.release();
    bool const keep_alive = message.keep_alive() && !shared_.stopping && !last;
    unsigned const version = message.version();
    auto from = to_request(message, shared_.admission.peer_of(id_));
    from.address = shared_.admission.address_of(id_);
    shared_.admission.received(id_);
    auto answer = co_await answer_to(from);
    if (!answer.sender.empty()) {
        shared_.admission.recognise(id_, answer.sender, steady::now());
    }
    shared_.admission.release(id_);
    bool const written = co_await write(answer, version, keep_alive, head_only);
    co_return written&& keep_alive;
}

asio::awaitable<error_code> exchange::read_header(request_parser& parser) {
    auto const broken = co_await skip_blank_lines();
    if (broken) {
        co_return broken;
    }
    auto done = co_await http::async_read_header(stream_, buffer_, parser, as_result);
    auto& [failed, size] = done;
    co_return failed;
}

// RFC 9112, 2.2: empty lines before a request are ignored. They get no time of their own: they are
// part of the step that reads the header.
asio::awaitable<error_code> exchange::skip_blank_lines() {
    while (true) {
        auto const* bytes = static_cast<char const*>(buffer_.data().data());
        auto const* end = bytes + buffer_.size();
        auto const* first = std::find_if(bytes, end, [](char c) { return c != '\r' && c != '\n'; });
        bool const only_blank = first == end;
        buffer_.consume(static_cast<std::size_t>(first - bytes));
        if (!only_blank) {
            co_return error_code();
        }
        auto done = co_await stream_.async_read_some(buffer_.prepare(4096), as_result);
        auto& [failed, size] = done;
        if (failed) {
            co_return failed;
        }
        buffer_.commit(size);
    }
}

// What the head alone decides.
asio::awaitable<std::optional<response>> exchange::refusal_of(request_parser& parser) {
    auto const& head = parser.get().base();
    if (auto const fault = find_fault(head)) {
        co_return refusal(fault->status, fault->reason);
    }
    auto& message = parser.get();
    auto expected = shared_.serves.expect(to_request(message, shared_.admission.peer_of(id_)),
                                          shared_.admission.sender_of(id_));
    if (!expected.sender.empty()) {
        shared_.admission.recognise(id_, expected.sender, steady::now());
    }
    if (expected.refusal) {
        co_return std::move(expected.refusal);
    }
    auto const length = parser.content_length();
    if (length && *length > expected.max_body) {
        co_return refusal(413, "its body is too large");
    }
    parser.body_limit(expected.max_body);
    // Of HTTP/1.0 an expectation is ignored (RFC 9110, 10.1.1).
    if (message.version() >= 11 && beast::iequals(head[http::field::expect], "100-continue")) {
        http::response<http::empty_body> const go_on(http::status::continue_, message.version());
        beast::get_lowest_layer(stream_).expires_after(shared_.settings.step_timeout);
        co_await http::async_write(stream_, go_on, as_result); // a failure shows at the next read
    }
    co_return std::nullopt;
}

// Memory is claimed as it is needed, whatever the head said: a body that is announced and does not
// come keeps none from others.
asio::awaitable<error_code> exchange::read_body(request_parser& parser) {
    auto const deadline = steady::now() + shared_.settings.body_timeout;
    while (!parser.is_done()) {
        if (!claim(parser)) {
            co_return beast::errc::make_error_code(beast::errc::not_enough_memory);
        }
        beast::get_lowest_layer(stream_).expires_at(
            std::min(steady::now() + shared_.settings.step_timeout, deadline));
        auto done = co_await http::async_read_some(stream_, buffer_, parser, as_result);
        auto& [failed, size] = done;
        if (failed) {
            co_return failed;
        }
    }
    co_return error_code();
}

bool exchange::claim(request_parser const& parser) {
    // What has come, and what the next read may add.
    std::size_t bytes = (parser.get().body().size() / max_read + 1) * max_read;
    if (auto const length = parser.content_length()) {
        bytes = std::min(bytes, static_cast<std::size_t>(*length));
    }
    auto const verdict = shared_.admission.claim(id_, bytes, steady::now());
    if (verdict.cut) {
        shared_.strangers.note(base::severity::warning,
                               "no room for more large requests: closed the connection of the one "
                               "that gave way",
                               shared_.admission.address_of(*verdict.cut), steady::now());
        shared_.cut(*verdict.cut);
    }
    return verdict.granted;
}

asio::awaitable<response> exchange::answer_to(request& from) {
    auto const peer = from.peer;
    try {
        auto work = shared_.serves.answer(std::move(from));
        co_return co_await std::move(work);
    } catch (std::exception const& failure) {
        shared_.log.error("failed on a request of " + peer + ": " + failure.what());
    }
    response answer;
    answer.status = 500;
    answer.body = "the server failed, try again later\n";
    co_return answer;
}

asio::awaitable<bool> exchange::write(response& answer, unsigned version, bool keep_alive,
                                      bool head_only) {
    await_client(); // whoever does not read his answer holds a seat like one who does not ask
    if (answer.shared_body) {
        bool const written = co_await write_shared(answer, version, keep_alive, head_only);
        co_return written;
    }
    auto message = to_message(std::move(answer), version, keep_alive);
    beast::get_lowest_layer(stream_).expires_after(shared_.settings.step_timeout);
    http::response_serializer<http::string_body> serializer(message);
    if (head_only) {
        auto done = co_await http::async_write_header(stream_, serializer, as_result);
        auto& [failed, size] = done;
        co_return !failed;
    }
    auto done = co_await http::async_write(stream_, serializer, as_result);
    auto& [failed, size] = done;
    co_return !failed;
}

// Step by step: each has to get on, and the whole has to end. Whoever reads slowly keeps nobody out
// meanwhile: all but a few give way to who needs their seat.
asio::awaitable<bool> exchange::write_shared(response const& answer, unsigned version,
                                             bool keep_alive, bool head_only) {
    struct download {
        admission& by;
        connection_id id;
        download(admission& seats, connection_id who) : by(seats), id(who) {
            by.begin_download(id);
        }
        ~download() { by.end_download(id); }
        download(download const&) = delete;
        download& operator=(download const&) = delete;
    } const here(shared_.admission, id_);
    auto const deadline = steady::now() + shared_.settings.download_timeout;
    auto message = to_shared_message(answer, version, keep_alive);
    http::response_serializer<http::span_body<char const>> serializer(message);
    serializer.split(head_only);
    while (!(head_only ? serializer.is_header_done() : serializer.is_done())) {
        beast::get_lowest_layer(stream_).expires_at(
            std::min(steady::now() + shared_.settings.step_timeout, deadline));
        auto done = co_await http::async_write_some(stream_, serializer, as_result);
        auto& [failed, size] = done;
        if (failed) {
            co_return false;
        }
    }
    co_return true;
}

response exchange::refusal(unsigned status, std::string const& why) {
    shared_.serves.turned_away({turned_away::why::request, shared_.admission.sender_of(id_),
                                shared_.admission.address_of(id_), shared_.admission.peer_of(id_),
                                std::to_string(status) + " " + base::for_line(why, 160)});
    shared_.strangers.note(base::severity::warning,
                           "refused a request: " + std::to_string(status) + " " +
                               base::for_line(why, 200),
                           shared_.admission.address_of(id_), steady::now());
    response answer;
    answer.status = status;
    answer.body = "this request is refused: " + why + "\n";
    if (status == 503) {
        answer.headers.emplace_back("Retry-After", retry_seconds);
    }
    return answer;
}

// For requests that are not read whole: the connection ends with it.
asio::awaitable<void> exchange::refuse(response& answer, bool head_only) {
    shared_.admission.release(id_);
    co_await write(answer, 11, false, head_only);
}

} // namespace trafikito::server::http
