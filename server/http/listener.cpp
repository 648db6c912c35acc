#include "server/http/listener.hpp"

#include "base/spawn.hpp"
#include "server/http/acceptor.hpp"
#include "server/http/beast_message.hpp"
#include "server/http/tls_settings.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <unordered_set>
#include <utility>

namespace trafikito::server::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;
using steady = std::chrono::steady_clock;

namespace {

using tls_stream = beast::ssl_stream<beast::tcp_stream>;
using parser_type = http::request_parser<http::string_body>;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// Small bodies are always taken.
constexpr std::size_t small_body = 64UL * 1024;
// What a client whose large body found no room is told to wait.
constexpr char const* retry_seconds = "10";
// After an error of accept (too many open files): long enough for something to be closed.
constexpr auto accept_pause = std::chrono::milliseconds(200);
// With too many connections: until one of them has had its time.
constexpr auto full_pause = std::chrono::milliseconds(100);

} // namespace

// Shared by the coroutines, so that it lives until the last of them has ended.
struct listener::state {
    struct session;

    state(asio::any_io_executor const& executor, listener_settings given, handler answer,
          base::log_sink sink)
        : settings(std::move(given)), handle(std::move(answer)), log(std::move(sink)),
          tls(server_tls(settings.certificate, settings.key)),
          acceptor(open_acceptor(executor, settings.address, settings.port)),
          port(acceptor.local_endpoint().port()), wake(executor), last_call(executor) {}

    static asio::awaitable<void> accept(std::shared_ptr<state> all);
    static asio::awaitable<void> serve(std::unique_ptr<session> here);
    static void stop(std::shared_ptr<state> const& all);
    static std::function<void(std::exception_ptr)> log_failure(std::shared_ptr<state> all);
    asio::awaitable<void> pause(steady::duration longest);
    void cut(bool idle_only);
    void cut_longest_awaited(std::size_t with_claim_above);

    listener_settings settings;
    handler handle;
    base::log_sink log;
    asio::ssl::context tls;
    tcp::acceptor acceptor;
    unsigned short port;
    asio::steady_timer wake; ///< a connection ended, or stop()
    asio::steady_timer last_call;
    bool stopping = false;
    std::size_t bodies = 0; ///< bytes that requests under way may still fill
    std::unordered_set<session*> sessions;
};

struct listener::state::session {
    session(std::shared_ptr<state> shared, tcp::socket socket)
        : all(std::move(shared)), peer(name_of(socket)), stream(std::move(socket), all->tls) {
        all->sessions.insert(this);
    }
    ~session() {
        all->sessions.erase(this);
        all->bodies -= claimed;
        all->wake.cancel();
        if (all->stopping && all->sessions.empty()) {
            all->last_call.cancel();
        }
    }
    session(session const&) = delete;
    session& operator=(session const&) = delete;

    beast::tcp_stream& transport() { return beast::get_lowest_layer(stream); }
    void begin_step() { transport().expires_after(all->settings.step_timeout); }

    asio::awaitable<void> run();
    asio::awaitable<bool> exchange();
    asio::awaitable<error_code> read_header(parser_type& parser);
    asio::awaitable<error_code> read_body(parser_type& parser);
    asio::awaitable<bool> write(response& answer, unsigned version, bool keep_alive);
    asio::awaitable<void> refuse(unsigned status, std::string why);
    asio::awaitable<void> close();
    bool claim_body(parser_type const& parser);
    response answer_to(request const& from);

    std::shared_ptr<state> all;
    std::string peer;
    tls_stream stream;
    beast::flat_buffer buffer{64UL * 1024};
    std::size_t claimed = 0;
    bool idle = true;                         ///< no request under way: stop() may cut it
    bool awaited = true;                      ///< it is the client's turn
    bool cut_off = false;                     ///< closed to make room, and about to end
    steady::time_point since = steady::now(); ///< when its turn for this request began
};

asio::awaitable<void> listener::state::session::run() {
    begin_step();
    auto [failed] = co_await stream.async_handshake(asio::ssl::stream_base::server, as_result);
    if (failed) {
        co_return;
    }
    while (!all->stopping && co_await exchange()) {
    }
    co_await close();
}

// One request and its response. True when the connection may carry another.
asio::awaitable<bool> listener::state::session::exchange() {
    parser_type parser;
    parser.header_limit(static_cast<std::uint32_t>(all->settings.max_header));
    parser.body_limit(all->settings.max_body);
    idle = true;
    awaited = true;
    since = steady::now();
    auto failed = co_await read_header(parser);
    idle = false;
    if (!failed && !claim_body(parser)) {
        all->cut_longest_awaited(small_body);
        co_await refuse(503, "too many large requests at once");
        co_return false;
    }
    if (!failed) {
        failed = co_await read_body(parser);
    }
    awaited = false;
    if (failed) {
        if (auto const status = status_of(failed); status != 0) {
            co_await refuse(status, failed.message());
        }
        co_return false;
    }
    auto message = parser.release();
    bool const keep_alive = message.keep_alive() && !all->stopping;
    unsigned const version = message.version();
    auto answer = answer_to(to_request(message, peer));
    all->bodies -= std::exchange(claimed, 0);
    bool const written = co_await write(answer, version, keep_alive);
    bool const again = written && keep_alive;
    co_return again;
}

asio::awaitable<error_code> listener::state::session::read_header(parser_type& parser) {
    begin_step();
    // RFC 9112, 2.2: empty lines before a request are ignored. They count as a step's bytes, no
    // more.
    while (true) {
        auto const* bytes = static_cast<char const*>(buffer.data().data());
        auto const* end = bytes + buffer.size();
        auto const* first = std::find_if(bytes, end, [](char c) { return c != '\r' && c != '\n'; });
        bool const only_blank = first == end;
        buffer.consume(static_cast<std::size_t>(first - bytes));
        if (!only_blank) {
            break;
        }
        auto [failed, size] = co_await stream.async_read_some(buffer.prepare(4096), as_result);
        if (failed) {
            co_return failed;
        }
        buffer.commit(size);
    }
    auto [failed, size] = co_await http::async_read_header(stream, buffer, parser, as_result);
    co_return failed;
}

asio::awaitable<error_code> listener::state::session::read_body(parser_type& parser) {
    auto const deadline = steady::now() + all->settings.body_timeout;
    if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
        http::response<http::empty_body> const go_on(http::status::continue_,
                                                     parser.get().version());
        begin_step();
        auto [failed, size] = co_await http::async_write(stream, go_on, as_result);
        if (failed) {
            co_return failed;
        }
    }
    while (!parser.is_done()) {
        transport().expires_at(std::min(steady::now() + all->settings.step_timeout, deadline));
        auto [failed, size] = co_await http::async_read_some(stream, buffer, parser, as_result);
        if (failed) {
            co_return failed;
        }
    }
    co_return error_code();
}

// Of a chunked body the size is not known before it is here: it counts whole.
bool listener::state::session::claim_body(parser_type const& parser) {
    auto const length = parser.content_length();
    auto const wanted = length ? static_cast<std::size_t>(*length)
                               : (parser.chunked() ? all->settings.max_body : 0);
    if (wanted > small_body &&
        wanted > all->settings.max_bodies - std::min(all->bodies, all->settings.max_bodies)) {
        return false;
    }
    claimed = wanted;
    all->bodies += wanted;
    return true;
}

response listener::state::session::answer_to(request const& from) {
    try {
        return all->handle(from);
    } catch (std::exception const& failure) {
        all->log("failed on a request of " + peer + ": " + failure.what());
        return {500, "text/plain; charset=utf-8", "the server failed, try again later\n", {}};
    }
}

asio::awaitable<bool> listener::state::session::write(response& answer, unsigned version,
                                                      bool keep_alive) {
    auto message = to_message(std::move(answer), version, keep_alive);
    begin_step();
    auto [failed, size] = co_await http::async_write(stream, message, as_result);
    co_return !failed;
}

// For requests that cannot be read whole: the connection ends with it. The response is named, for
// g++ 12 destroys a temporary inside co_await twice.
asio::awaitable<void> listener::state::session::refuse(unsigned status, std::string why) {
    all->log("refused a request of " + peer + ": " + std::to_string(status) + " " + why);
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
asio::awaitable<void> listener::state::session::close() {
    idle = true;
    transport().expires_after(std::chrono::seconds(2));
    co_await stream.async_shutdown(as_result);
    error_code ignored;
    transport().socket().shutdown(tcp::socket::shutdown_send, ignored);
    while (!all->stopping) {
        buffer.clear();
        auto [failed, size] =
            co_await transport().async_read_some(buffer.prepare(16UL * 1024), as_result);
        if (failed) {
            break;
        }
    }
}

// The frame owns the connection: it ends with the coroutine, also when the context is destroyed
// under it.
asio::awaitable<void> listener::state::serve(std::unique_ptr<session> here) {
    co_await here->run();
}

asio::awaitable<void> listener::state::accept(std::shared_ptr<state> all) {
    while (!all->stopping) {
        // The one above the limit is somebody who asks now; the one that goes has had its time.
        if (all->sessions.size() > all->settings.max_connections) {
            all->cut_longest_awaited(0);
            co_await all->pause(full_pause);
            continue;
        }
        auto [failed, socket] = co_await all->acceptor.async_accept(as_result);
        if (failed == asio::error::connection_aborted || failed == asio::error::operation_aborted) {
            continue;
        }
        if (failed) {
            all->log("cannot take a connection, trying again: " + failed.message());
            co_await all->pause(accept_pause);
            continue;
        }
        auto here = std::make_unique<session>(all, std::move(socket));
        base::spawn(all->acceptor.get_executor(), serve(std::move(here)), log_failure(all));
    }
}

asio::awaitable<void> listener::state::pause(steady::duration longest) {
    wake.expires_after(longest);
    co_await wake.async_wait(as_result);
}

std::function<void(std::exception_ptr)> listener::state::log_failure(std::shared_ptr<state> all) {
    return [all = std::move(all)](std::exception_ptr failed) {
        try {
            if (failed) {
                std::rethrow_exception(failed);
            }
        } catch (std::exception const& failure) {
            all->log(std::string("a connection failed: ") + failure.what());
        }
    };
}

void listener::state::cut(bool idle_only) {
    for (auto* each : sessions) {
        if (each->idle || !idle_only) {
            each->transport().close();
        }
    }
}

// Makes room where whoever holds it makes us wait (for a handshake, a request, a body): strangers
// cannot keep others out by saying nothing, or little. Only those with a claim on more memory than
// that are looked at, and only one goes at a time.
void listener::state::cut_longest_awaited(std::size_t with_claim_above) {
    session* longest = nullptr;
    auto const had_its_time = steady::now() - settings.least_patience;
    for (auto* each : sessions) {
        if (each->cut_off) {
            return;
        }
        bool const holds = with_claim_above == 0 || each->claimed > with_claim_above;
        bool const may_go = holds && each->awaited && each->since <= had_its_time;
        if (may_go && (longest == nullptr || each->since < longest->since)) {
            longest = each;
        }
    }
    if (longest != nullptr) {
        log("no room for more: left " + longest->peer + ", which was silent for longest");
        longest->cut_off = true;
        longest->transport().close();
    }
}

void listener::state::stop(std::shared_ptr<state> const& all) {
    all->stopping = true;
    error_code ignored;
    all->acceptor.close(ignored);
    all->wake.cancel();
    all->cut(true);
    if (!all->sessions.empty()) {
        all->last_call.expires_after(all->settings.stop_timeout);
        all->last_call.async_wait([all](error_code const& failed) {
            if (!failed) {
                all->cut(false);
            }
        });
    }
}

listener::listener(asio::any_io_executor const& executor, listener_settings settings,
                   handler answer, base::log_sink log)
    : state_(std::make_shared<state>(executor, std::move(settings), std::move(answer),
                                     std::move(log))) {
    base::spawn(executor, state::accept(state_), state::log_failure(state_));
}

// Only memory could fail it, and then the program has to end.
// NOLINTNEXTLINE(bugprone-exception-escape)
listener::~listener() {
    state::stop(state_);
}

unsigned short listener::port() const {
    return state_->port;
}

void listener::stop() {
    state::stop(state_);
}

} // namespace trafikito::server::http
