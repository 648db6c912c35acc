#include "server/http/exchange.hpp"

#include "base/printable.hpp"
#include "server/http/beast_message.hpp"
#include "server/http/head_rules.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http.hpp>

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

// What a client whose large body found no room is told to wait.
constexpr char const* retry_seconds = "10";
constexpr std::size_t max_read = 64UL * 1024;
constexpr std::size_t max_write = 64UL * 1024;
// Of a stream, which is expected to say something now and then.
constexpr auto longest_silence = std::chrono::minutes(5);
// What may stay with a connection for its next request.
constexpr std::size_t spare_capacity = 64;

/// What goes on the wire.
template <typename Body>
std::string to_bytes(http::response<Body> const& message, bool head_only) {
    http::response_serializer<Body> serializer(message);
    serializer.split(head_only);
    std::string bytes;
    error_code failed;
    while (!(head_only ? serializer.is_header_done() : serializer.is_done()) && !failed) {
        serializer.next(failed, [&](error_code& /*failed*/, auto const& buffers) {
            for (auto const part : beast::buffers_range_ref(buffers)) {
                bytes.append(static_cast<char const*>(part.data()), part.size());
            }
            serializer.consume(beast::buffer_bytes(buffers));
        });
    }
    return bytes;
}

} // namespace

exchange::exchange(session_context& shared, connection_id id, transport& over, std::string& rest,
                   bool& idle, stream_ptr& streamed)
    : shared_(shared), id_(id), transport_(over), rest_(rest), idle_(idle), streamed_(streamed) {}

void exchange::await_client() {
    shared_.admission.await(id_, steady::now());
}

asio::awaitable<bool> exchange::run(bool last, bool too_much) {
    request_parser parser;
    parser.header_limit(static_cast<std::uint32_t>(shared_.settings.max_header));
    parser.body_limit(shared_.settings.max_body);
    auto failed = co_await read_header(parser);
    idle_ = false;
    bool const head_only = !failed && parser.get().method() == http::verb::head;
    bool const known = !shared_.admission.sender_of(id_).empty();
    // Who only asks whether somebody is here is told so.
    bool const busy = !failed && !parser.is_done() && !find_fault(parser.get().base()) &&
                      (too_much || transport_.unread_for() > overload::late);
    if (busy && !known) {
        auto answer = come_later();
        co_await refuse(answer, head_only);
        co_return false;
    }
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
    response answer;
    if (busy) { // it keeps its connection: a new one would cost more than this
        answer = come_later();
    } else {
        answer = co_await answer_to(from);
    }
    if (!answer.sender.empty()) {
        shared_.admission.recognise(id_, answer.sender, steady::now());
    }
    shared_.admission.release(id_);
    bool const written = co_await write(answer, version, keep_alive, head_only);
    co_return written&& keep_alive;
}

asio::awaitable<error_code> exchange::read_header(request_parser& parser) {
    while (true) {
        skip_blank_lines();
        auto const failed = parse(parser);
        if (failed || parser.is_header_done()) {
            co_return failed;
        }
        auto const ended = co_await read_more();
        if (ended) {
            co_return ended;
        }
    }
}

// RFC 9112, 2.2: empty lines before a request are ignored. They get no time of their own: they are
// part of the step that reads the header.
void exchange::skip_blank_lines() {
    auto const first = rest_.find_first_not_of("\r\n");
    rest_.erase(0, std::min(first, rest_.size()));
}

asio::awaitable<error_code> exchange::read_more() {
    auto const got = co_await transport_.read(shared_.scratch);
    rest_.append(shared_.scratch.data(), got.size);
    co_return got.failed;
}

// As far as what has come goes: the head, or some of the body.
error_code exchange::parse(request_parser& parser) {
    bool const in_body = parser.is_header_done();
    std::size_t used = 0;
    error_code failed;
    while (used < rest_.size() && !failed && !parser.is_done() &&
           (in_body || !parser.is_header_done())) {
        used += parser.put(asio::buffer(rest_.data() + used, rest_.size() - used), failed);
    }
    if (used == rest_.size() && rest_.capacity() > spare_capacity) {
        std::string().swap(rest_);
    } else {
        rest_.erase(0, used);
    }
    return failed == http::error::need_more ? error_code() : failed;
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
        transport_.expires_after(shared_.settings.step_timeout);
        co_await transport_.write("HTTP/1.1 100 Continue\r\n\r\n"); // it shows at the next read
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
        auto const failed = parse(parser);
        if (failed || parser.is_done()) {
            co_return failed;
        }
        transport_.expires_at(std::min(steady::now() + shared_.settings.step_timeout, deadline));
        auto const ended = co_await read_more();
        if (ended) {
            co_return ended;
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
    if (answer.stream) {
        bool const written = co_await write_stream(answer, version, head_only);
        co_return written;
    }
    auto const bytes = to_bytes(to_message(std::move(answer), version, keep_alive), head_only);
    transport_.expires_after(shared_.settings.step_timeout);
    auto const failed = co_await transport_.write(bytes);
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
    auto const head = to_bytes(to_shared_message(answer, version, keep_alive), true);
    auto const body = std::string_view(*answer.shared_body);
    transport_.expires_after(shared_.settings.step_timeout);
    auto failed = co_await transport_.write(head);
    for (std::size_t sent = 0; !failed && !head_only && sent < body.size(); sent += max_write) {
        transport_.expires_at(std::min(steady::now() + shared_.settings.step_timeout, deadline));
        failed = co_await transport_.write(body.substr(sent, max_write));
    }
    co_return !failed;
}

// In chunks, or, to HTTP/1.0, until the connection ends: with it ends that of both.
asio::awaitable<bool> exchange::write_stream(response const& answer, unsigned version,
                                             bool head_only) {
    struct streaming {
        stream_ptr& place;
        bool& idle;
        streaming(stream_ptr& shown, bool& quiet, stream_ptr const& what)
            : place(shown), idle(quiet) {
            place = what;
        }
        ~streaming() {
            idle = false;
            place->close();
            place.reset();
        }
        streaming(streaming const&) = delete;
        streaming& operator=(streaming const&) = delete;
    } const here(streamed_, idle_, answer.stream);
    bool const chunked = version >= 11;
    auto const head = to_bytes(to_stream_message(answer, version), true);
    transport_.expires_after(shared_.settings.step_timeout);
    auto failed = co_await transport_.write(head);
    while (!failed && !head_only && !shared_.stopping) {
        idle_ = true;
        transport_.expires_after(longest_silence);
        shared_.admission.await_request(id_, steady::now());
        auto next = answer.stream->next();
        auto bytes = co_await std::move(next);
        idle_ = false;
        bool const ends = bytes.empty();
        if (chunked) {
            bytes = as_chunk(bytes);
        }
        transport_.expires_after(shared_.settings.step_timeout);
        failed = co_await transport_.write(bytes);
        if (ends) {
            break;
        }
    }
    co_return false;
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

response exchange::come_later() {
    constexpr char const* why = "more comes than can be answered: told some to come later";
    shared_.strangers.note(base::severity::warning, why, "", steady::now());
    response answer;
    answer.status = 503;
    answer.body = "the server is busy, try again later\n";
    answer.headers.emplace_back("Retry-After", std::to_string(shared_.load.pause()));
    return answer;
}

// For requests that are not read whole: the connection ends with it.
asio::awaitable<void> exchange::refuse(response& answer, bool head_only) {
    shared_.admission.release(id_);
    co_await write(answer, 11, false, head_only);
}

} // namespace trafikito::server::http
