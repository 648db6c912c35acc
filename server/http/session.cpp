#include "server/http/session.hpp"

#include "server/http/beast_message.hpp"

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
using tcp = asio::ip::tcp;
using boost::system::error_code;
using steady = std::chrono::steady_clock;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// The most that is read ahead of what a request needs.
constexpr std::size_t max_buffer = 64UL * 1024;
// What a client whose large body found no room is told to wait.
constexpr char const* retry_seconds = "10";
// For the client's own good-bye.
constexpr auto close_timeout = std::chrono::seconds(2);

} // namespace

session::session(session_context& shared, connection_id id, tcp::socket socket)
    : shared_(shared), id_(id), stream_(std::move(socket), shared.tls), buffer_(max_buffer) {}

session::~session() = default;

beast::tcp_stream& session::transport() {
    return beast::get_lowest_layer(stream_);
}

void session::begin_step() {
    transport().expires_after(shared_.settings.step_timeout);
}

void session::cut() {
    transport().close();
}

asio::awaitable<void> session::run() {
    begin_step();
    auto done = co_await stream_.async_handshake(asio::ssl::stream_base::server, as_result);
    auto& [failed] = done;
    if (failed) {
        co_return;
    }
    while (!shared_.stopping && co_await exchange()) {
    }
    co_await close();
}

// One request and its response. True when the connection may carry another.
asio::awaitable<bool> session::exchange() {
    request_parser parser;
    parser.header_limit(static_cast<std::uint32_t>(shared_.settings.max_header));
    parser.body_limit(shared_.settings.max_body);
    idle_ = true;
    shared_.admission.await(id_, steady::now());
    auto failed = co_await read_header(parser);
    idle_ = false;
    if (!failed && !claim_body(parser)) {
        co_await refuse(503, "too many large requests at once");
        co_return false;
    }
    if (!failed) {
        failed = co_await read_body(parser);
    }
    shared_.admission.received(id_);
    if (failed) {
        if (auto const status = status_of(failed); status != 0) {
            co_await refuse(status, failed.message());
        }
        co_return false;
    }
    auto message = parser.release();
    bool const keep_alive = message.keep_alive() && !shared_.stopping;
    unsigned const version = message.version();
    auto answer = answer_to(to_request(message, shared_.admission.peer_of(id_)));
    shared_.admission.release(id_);
    bool const written = co_await write(answer, version, keep_alive);
    bool const again = written && keep_alive;
    co_return again;
}

asio::awaitable<error_code> session::read_header(request_parser& parser) {
    begin_step();
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
asio::awaitable<error_code> session::skip_blank_lines() {
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

asio::awaitable<error_code> session::read_body(request_parser& parser) {
    auto const deadline = steady::now() + shared_.settings.body_timeout;
    if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
        http::response<http::empty_body> const go_on(http::status::continue_,
                                                     parser.get().version());
        begin_step();
        auto done = co_await http::async_write(stream_, go_on, as_result);
        auto& [failed, size] = done;
        if (failed) {
            co_return failed;
        }
    }
    while (!parser.is_done()) {
        transport().expires_at(std::min(steady::now() + shared_.settings.step_timeout, deadline));
        auto done = co_await http::async_read_some(stream_, buffer_, parser, as_result);
        auto& [failed, size] = done;
        if (failed) {
            co_return failed;
        }
    }
    co_return error_code();
}

// Of a chunked body the size is not known before it is here: it counts whole.
bool session::claim_body(request_parser const& parser) {
    auto const length = parser.content_length();
    auto const bytes = length ? static_cast<std::size_t>(*length)
                              : (parser.chunked() ? shared_.settings.max_body : 0);
    auto const verdict = shared_.admission.claim(id_, bytes, steady::now());
    if (verdict.cut) {
        shared_.cut(*verdict.cut);
    }
    return verdict.granted;
}

response session::answer_to(request const& request) const {
    try {
        return shared_.answer(request);
    } catch (std::exception const& failure) {
        shared_.log("failed on a request of " + request.peer + ": " + failure.what());
        return {500, "text/plain; charset=utf-8", "the server failed, try again later\n", {}};
    }
}

asio::awaitable<bool> session::write(response& answer, unsigned version, bool keep_alive) {
    auto message = to_message(std::move(answer), version, keep_alive);
    begin_step();
    auto done = co_await http::async_write(stream_, message, as_result);
    auto& [failed, size] = done;
    co_return !failed;
}

// For requests that cannot be read whole: the connection ends with it. The response is named, for
// g++ 12 destroys a temporary inside co_await twice.
asio::awaitable<void> session::refuse(unsigned status, std::string why) {
    shared_.log("refused a request of " + shared_.admission.peer_of(id_) + ": " +
                std::to_string(status) + " " + why);
    response answer;
    answer.status = status;
    answer.body = "this request is refused: " + why + "\n";
    if (status == 503) {
        answer.headers.emplace_back("Retry-After", retry_seconds);
    }
    co_await write(answer, 11, false);
}

// Says good-bye and takes in for a moment what is still on its way: closing with unread bytes would
// reset the connection, and the client might lose the answer.
asio::awaitable<void> session::close() {
    idle_ = true;
    transport().expires_after(close_timeout);
    co_await stream_.async_shutdown(as_result);
    error_code ignored;
    transport().socket().shutdown(tcp::socket::shutdown_send, ignored);
    while (!shared_.stopping) {
        buffer_.clear();
        auto done = co_await transport().async_read_some(buffer_.prepare(16UL * 1024), as_result);
        auto& [failed, size] = done;
        if (failed) {
            break;
        }
    }
}

} // namespace trafikito::server::http
