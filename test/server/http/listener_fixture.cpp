#include "test/server/http/listener_fixture.hpp"

#include "server/security/certificates.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace trafikito::test {

namespace {

server::http::response echo(server::http::request const& from) {
    if (from.target == "/throw") {
        throw std::runtime_error("thrown on purpose");
    }
    return {200,
            "text/plain",
            from.method + " " + from.target + " " + std::to_string(from.body.size()),
            {}};
}

} // namespace

listener_fixture::listener_fixture(server::http::listener_settings settings) {
    auto const files = server::security::ensure_certificates(
        directory.path(), {"localhost", "127.0.0.1"}, std::chrono::system_clock::now(),
        [](std::string_view) {});
    authority = files.authority;
    settings.port = 0;
    settings.certificate = files.certificate;
    settings.key = files.key;
    doors = std::make_unique<server::http::listener>(context.get_executor(), settings, echo,
                                                     [this](std::string_view line) {
                                                         std::scoped_lock const hold(guard);
                                                         log += std::string(line) + "\n";
                                                     });
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
    return log.find(text) != log.npos;
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
