#include "test/e2e/strict_api.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

namespace trafikito::test {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using tls_stream = asio::ssl::stream<tcp::socket>;
using http_response = http::response<http::string_body>;

constexpr std::uint64_t largest_request = 64ULL * 1024 * 1024;
constexpr auto quiet = asio::as_tuple(asio::use_awaitable);

http_response to_http(answer const& said, http_request const& asked) {
    http_response response(static_cast<http::status>(said.status), asked.version());
    response.set(http::field::content_type, "text/plain");
    if (!said.location.empty()) {
        response.set(http::field::location, said.location);
    }
    response.body() = said.content;
    response.keep_alive(asked.keep_alive());
    response.prepare_payload();
    return response;
}

} // namespace

struct strict_api::state {
    state(std::optional<identity> const& certificate, known_agent agent)
        : who(std::move(agent)),
          acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        who.port = acceptor.local_endpoint().port();
        who.tls = certificate.has_value();
        if (certificate) {
            tls.emplace(asio::ssl::context::tls_server);
            tls->use_certificate_chain(asio::buffer(certificate->certificate));
            tls->use_private_key(asio::buffer(certificate->key), asio::ssl::context::pem);
        }
        asio::co_spawn(context, accept(), asio::detached);
        runner = std::thread([this] { context.run(); });
    }

    ~state() {
        context.stop();
        runner.join();
    }
    state(state const&) = delete;
    state& operator=(state const&) = delete;

    asio::awaitable<void> accept() {
        for (;;) {
            auto socket = co_await acceptor.async_accept(asio::use_awaitable);
            asio::co_spawn(context, talk(std::move(socket)), asio::detached);
        }
    }

    asio::awaitable<void> talk(tcp::socket socket) {
        if (!tls) {
            co_await serve(socket);
            co_return;
        }
        tls_stream stream(std::move(socket), *tls);
        auto const [failed] = co_await stream.async_handshake(tls_stream::server, quiet);
        if (!failed) {
            co_await serve(stream);
        }
    }

    template <class Stream>
    asio::awaitable<void> serve(Stream& stream) {
        boost::beast::flat_buffer buffer;
        for (bool open = true; open;) {
            http::request_parser<http::string_body> parser;
            parser.body_limit(largest_request);
            auto const [not_read, size] = co_await http::async_read(stream, buffer, parser, quiet);
            if (not_read) {
                co_return; // the client went: what it should have sent, the test misses
            }
            auto const asked = parser.release();
            auto const said = take(asked);
            if (said.silent) {
                std::array<char, 1> byte{};
                co_await stream.async_read_some(asio::buffer(byte), quiet);
                co_return;
            }
            auto response = to_http(said, asked);
            auto const [not_sent, sent] = co_await http::async_write(stream, response, quiet);
            open = !not_sent && response.keep_alive();
        }
    }

    answer take(http_request const& asked) {
        auto found = judge(asked, who);
        std::lock_guard const lock(mutex);
        if (!found.objection.empty()) {
            objections.push_back(found.objection);
            return {found.objection, 400};
        }
        auto const exact = scripts.find(found.seen.path + "?" + found.seen.query);
        auto& script = exact == scripts.end() ? scripts[found.seen.path] : exact->second;
        auto said = script.empty() ? answer{} : script.front();
        if (script.size() > 1) {
            script.pop_front();
        }
        requests.push_back(std::move(found.seen));
        arrived.notify_all();
        return said;
    }

    known_agent who;
    asio::io_context context{1};
    tcp::acceptor acceptor;
    std::optional<asio::ssl::context> tls;
    mutable std::mutex mutex; ///< of all below: the test's thread looks at what this one's fills
    mutable std::condition_variable arrived;
    std::map<std::string, std::deque<answer>> scripts;
    std::vector<seen_request> requests;
    std::vector<std::string> objections;
    std::thread runner; ///< last: it begins when all else is there
};

strict_api::strict_api(std::optional<identity> certificate, known_agent who)
    : state_(std::make_unique<state>(certificate, std::move(who))) {}

strict_api::~strict_api() {
    std::lock_guard const lock(state_->mutex);
    for (auto const& one : state_->objections) {
        BOOST_ERROR("against doc/protocol.md: " << one);
    }
}

known_agent const& strict_api::who() const {
    return state_->who;
}

std::string strict_api::url(std::string const& host) const {
    return (state_->tls ? "https://" : "http://") + host + ":" + std::to_string(state_->who.port);
}

void strict_api::answers(std::string const& path, std::vector<answer> script) {
    std::lock_guard const lock(state_->mutex);
    state_->scripts[path].assign(script.begin(), script.end());
}

std::vector<seen_request> strict_api::requests() const {
    std::lock_guard const lock(state_->mutex);
    return state_->requests;
}

std::vector<seen_request> strict_api::requests(std::string const& path) const {
    auto all = requests();
    std::erase_if(all, [&](auto const& one) { return one.path != path; });
    return all;
}

seen_request strict_api::wait_for(std::string const& path, std::size_t number) const {
    std::optional<seen_request> found;
    auto const arrived = [&] {
        std::size_t count = 0;
        for (auto const& one : state_->requests) {
            if (one.path == path && ++count == number) {
                found = one;
            }
        }
        return found.has_value();
    };
    std::unique_lock lock(state_->mutex);
    bool const came = state_->arrived.wait_for(lock, std::chrono::seconds(30), arrived);
    lock.unlock();
    BOOST_REQUIRE_MESSAGE(came,
                          "request " << number << " to " << path << " did not come within 30 s");
    return std::move(*found);
}

} // namespace trafikito::test
