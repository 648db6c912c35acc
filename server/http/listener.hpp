#pragma once
// HTTPS: takes connections, reads requests, hands them to an application, writes what it answers.
// serve and the tests use it. It knows nothing of Trafikito; a request that fails never ends it.
// One thread, which waits for nobody.

#include "base/log.hpp"
#include "server/http/application.hpp"
#include "server/http/proxy_header.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace trafikito::server::http {

/// What strangers can make the server hold is at most the sum of its limits: a seat costs about
/// 20 KiB and what its request takes, one that waits for it 2 KiB.
struct listener_settings {
    std::string address = "127.0.0.1"; ///< an IPv4 or IPv6 address
    unsigned short port = 8443;        ///< 0: any free one
    trusted_proxies proxies;           ///< whose connections begin with the PROXY protocol
    std::size_t max_header = 16UL * 1024;
    std::size_t max_body = 16UL * 1024 * 1024;
    std::size_t max_bodies = 48UL * 1024 * 1024; ///< of all connections together
    std::size_t max_connections = 4096;          ///< that have a seat (admission.hpp)
    std::size_t max_waiting = 2048;              ///< that are silent, or wait for one
    /// Of the process: where all of these would take more, fewer connections are taken, and the log
    /// says so.
    std::size_t max_descriptors = 16'384;
    std::chrono::milliseconds patience_with_few = std::chrono::seconds(2);
    std::chrono::milliseconds patience_with_many = std::chrono::milliseconds(500);
    std::chrono::milliseconds patience_with_known = std::chrono::seconds(5);
    /// One write or handshake, a read of a body, the first request's head.
    std::chrono::milliseconds step_timeout = std::chrono::seconds(30);
    std::chrono::milliseconds idle_timeout = std::chrono::seconds(75); ///< of a known connection
    std::chrono::milliseconds body_timeout = std::chrono::minutes(5);  ///< a whole body
    /// A whole answer with a shared body, over however slow a line; each step of it has its own.
    std::chrono::milliseconds download_timeout = std::chrono::minutes(20);
    std::chrono::milliseconds seat_timeout = std::chrono::seconds(10); ///< to wait for a seat
    /// What a connection gets that shows no key.
    std::chrono::milliseconds unknown_time = std::chrono::seconds(60);
    std::size_t unknown_requests = 100;
    std::chrono::milliseconds stop_timeout =
        std::chrono::seconds(3); ///< for answers under way at stop()
};

/// What the descriptors suffice for, of the connections that are wished for.
struct connection_room {
    std::size_t seats;
    std::size_t waiting;
};
connection_room fit_to_descriptors(listener_settings const& settings);
/// Where these are fewer, in the log.
void say_what_fits(listener_settings const& settings, base::log& log);

class listener {
public:
    using tls_context = std::shared_ptr<boost::asio::ssl::context>;

    /// Binds and listens; connections are taken once the executor's context runs. Throws
    /// std::runtime_error that names the address and the reason. `serves` and `log` outlive the
    /// context.
    listener(boost::asio::any_io_executor const& executor, listener_settings const& settings,
             tls_context tls, application& serves, base::log& log);
    ~listener();
    listener(listener const&) = delete;
    listener& operator=(listener const&) = delete;

    [[nodiscard]] unsigned short port() const;
    /// That are open now.
    [[nodiscard]] std::size_t connections() const;

    /// For handshakes from now on.
    void use(tls_context tls);
    /// For who comes from now on.
    void set_max_connections(std::size_t limit);

    /// Takes no more connections, closes idle ones, lets answers under way finish within
    /// stop_timeout. Then the context has nothing left to do for this listener.
    void stop();

private:
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace trafikito::server::http
