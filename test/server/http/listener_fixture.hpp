#pragma once
// A listener on a thread of its own that answers with what it was asked; `/throw` throws. For the
// tests of what it accepts and of its limits.

#include "server/http/listener.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace trafikito::test {

struct listener_fixture {
    explicit listener_fixture(server::http::listener_settings settings = {});
    ~listener_fixture();
    listener_fixture(listener_fixture const&) = delete;
    listener_fixture& operator=(listener_fixture const&) = delete;

    void stop();
    bool logged(std::string const& text);

    /// Answers with what it was asked; `/throw` throws, `/known` knows its sender, `/large` is 24
    /// MiB that all such answers share, `/stream` two bits at once and then silence,
    /// `/stream-ends` the two bits.
    struct echo : server::http::application {
        server::http::expectation expect(server::http::request const& head,
                                         std::string_view sender) override;
        boost::asio::awaitable<server::http::response> answer(server::http::request from) override;

        std::shared_ptr<std::string const> large =
            std::make_shared<std::string const>(24UL * 1024 * 1024, 'x');
    };

    temporary_directory directory;
    std::filesystem::path authority;
    boost::asio::io_context context{1};
    std::mutex guard;
    std::string written;
    base::log log;
    echo serves;
    std::unique_ptr<server::http::listener> doors;
    unsigned short port = 0;
    std::thread runner;
};

/// A request; `headers` end with CRLF each.
std::string post(std::string const& path, std::string const& headers = "",
                 std::string const& body = "");

/// Whether the response has that status and end.
bool is(std::string const& answer, std::string const& status, std::string const& end);

} // namespace trafikito::test
