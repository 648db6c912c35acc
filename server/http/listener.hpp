#pragma once
// HTTPS: takes connections, reads requests, hands them to a handler, writes what it answers. serve
// and the tests use it. It knows nothing of Trafikito; a request that fails never ends it. One
// thread.

#include "base/log_sink.hpp"
#include "server/http/message.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace trafikito::server::http {

struct listener_settings {
    std::string address = "127.0.0.1"; ///< an IPv4 or IPv6 address
    unsigned short port = 8443;        ///< 0: any free one
    std::filesystem::path certificate; ///< PEM, may hold a chain
    std::filesystem::path key;
    std::size_t max_header = 16UL * 1024;
    std::size_t max_body = 16UL * 1024 * 1024;
    /// Bodies of all connections together: what strangers can make the server hold in memory.
    std::size_t max_bodies = 128UL * 1024 * 1024;
    /// One more than these, and the one that has been waited for longest goes; further ones wait in
    /// the kernel's queue.
    std::size_t max_connections = 256;
    /// How long any of them may take for a request, or a large body, before it can be the one.
    std::chrono::milliseconds least_patience = std::chrono::seconds(5);
    std::chrono::milliseconds step_timeout =
        std::chrono::seconds(30); ///< one read, write or handshake
    std::chrono::milliseconds body_timeout = std::chrono::minutes(5); ///< a whole body
    std::chrono::milliseconds stop_timeout =
        std::chrono::seconds(3); ///< for answers under way at stop()
};

class listener {
public:
    using handler = std::function<response(request const&)>;

    /// Binds and listens; connections are taken once the executor's context runs. Throws
    /// std::runtime_error that names the address, or the certificate file, and the reason.
    listener(boost::asio::any_io_executor const& executor, listener_settings const& settings,
             handler answer, base::log_sink log);
    ~listener();
    listener(listener const&) = delete;
    listener& operator=(listener const&) = delete;

    [[nodiscard]] unsigned short port() const;

    /// Takes no more connections, closes idle ones, lets answers under way finish within
    /// stop_timeout. Then the context has nothing left to do for this listener.
    void stop();

private:
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace trafikito::server::http
