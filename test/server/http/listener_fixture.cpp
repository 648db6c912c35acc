#include "test/server/http/listener_fixture.hpp"

#include "server/http/tls_settings.hpp"
#include "server/security/certificates.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace trafikito::test {

namespace {

/// Two bits at once; a third only after close().
class two_bits : public server::http::body_stream {
public:
    explicit two_bits(boost::asio::any_io_executor const& executor, bool ends)
        : closed_(executor, boost::asio::steady_timer::time_point::max()), ends_(ends) {}

    boost::asio::awaitable<std::string> next() override {
        if (++count_ == 3) {
            if (ends_) {
                co_return "";
            }
            boost::system::error_code ignored;
            co_await closed_.async_wait(
                boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
        }
        co_return "bit " + std::to_string(count_) + "\n";
    }
    void close() override { closed_.cancel(); }

private:
    boost::asio::steady_timer closed_;
    bool ends_;
    int count_ = 0;
};

} // namespace

server::http::expectation listener_fixture::echo::expect(server::http::request const& /*head*/,
                                                         std::string_view /*sender*/) {
    server::http::expectation expected;
    expected.max_body = 16UL * 1024 * 1024;
    return expected;
}

boost::asio::awaitable<server::http::response>
listener_fixture::echo::answer(server::http::request from) {
    if (from.target == "/throw") {
        throw std::runtime_error("thrown on purpose");
    }
    server::http::response answered;
    answered.content_type = "text/plain";
    if (from.target == "/large") {
        answered.shared_body = large;
        co_return answered;
    }
    if (from.target.starts_with("/stream")) {
        auto const here = co_await boost::asio::this_coro::executor;
        answered.stream = std::make_shared<two_bits>(here, from.target == "/stream-ends");
        answered.sender = "viewer";
        co_return answered;
    }
    answered.body = from.method + " " + from.target + " " + std::to_string(from.body.size());
    answered.sender = from.target == "/known" ? "somebody" : "";
    co_return answered;
}

listener_fixture::listener_fixture(server::http::listener_settings settings)
    : log(
          [this](std::string_view line) {
              std::scoped_lock const hold(guard);
              written += line;
          },
          base::severity::debug, base::log::format::text) {
    auto const ensured = server::security::ensure_certificates(
        directory.path(), {"localhost", "127.0.0.1"}, std::chrono::system_clock::now());
    authority = ensured.files.authority;
    settings.port = 0;
    doors = std::make_unique<server::http::listener>(
        context.get_executor(), settings,
        std::make_shared<boost::asio::ssl::context>(
            server::http::server_tls(ensured.files.certificate, ensured.files.key)),
        serves, log);
    port = doors->port();
    runner = std::thread([this] { context.run(); });
}

listener_fixture::~listener_fixture() {
    stop();
    if (runner.joinable()) {
        runner.join();
    }
}

void listener_fixture::stop() {
    boost::asio::post(context, [this] { doors->stop(); });
}

bool listener_fixture::logged(std::string const& text) {
    std::scoped_lock const hold(guard);
    return written.find(text) != written.npos;
}

std::string post(std::string const& path, std::string const& headers, std::string const& body) {
    return "POST " + path + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n" + body;
}

bool is(std::string const& answer, std::string const& status, std::string const& end) {
    bool const good = answer.starts_with("HTTP/1.1 " + status + " ") && answer.ends_with(end);
    BOOST_TEST_INFO(answer);
    return good;
}

} // namespace trafikito::test
