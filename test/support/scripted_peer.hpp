#pragma once
// A peer on 127.0.0.1 that says exactly what a test tells it to, over TLS or not, well-formed or
// not. Tests of net/ use it; it lives on the test's own io_context.

#include "test/support/certificates.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace trafikito::test {

/// One connection, seen from the peer.
class conversation {
public:
    virtual ~conversation() = default;

    /// Head and body of the next request, by its Content-Length. Throws when the client is gone.
    virtual boost::asio::awaitable<std::string> read_request() = 0;

    /// At least one byte of whatever comes.
    virtual boost::asio::awaitable<std::string> read_some() = 0;

    virtual boost::asio::awaitable<void> write(std::string bytes) = 0;

    /// TLS: says goodbye (close_notify). When a script returns, the connection is closed without.
    virtual boost::asio::awaitable<void> shut_down() = 0;

    /// Closes the connection with a TCP reset.
    virtual void reset() = 0;

    /// TLS 1.2: the next write asks for another handshake.
    virtual void renegotiate() = 0;

    /// Says nothing until the client hangs up.
    boost::asio::awaitable<void> stay_silent();
};

struct peer_settings {
    std::optional<identity> tls; ///< plain when empty
    int max_tls_version = 0;     ///< of OpenSSL (TLS1_1_VERSION); 0: any
    std::string client_ca{};     ///< PEM; not empty: demands a client certificate that it issued
    bool shakes_hands = true;    ///< false: accepts, then never answers the handshake
};

class scripted_peer {
public:
    /// `number` counts connections from 1.
    using script = std::function<boost::asio::awaitable<void>(conversation&, unsigned number)>;

    scripted_peer(boost::asio::io_context& context, script what, peer_settings settings = {},
                  std::uint16_t port = 0);
    ~scripted_peer();
    scripted_peer(scripted_peer const&) = delete;
    scripted_peer& operator=(scripted_peer const&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] unsigned connections() const;

private:
    struct state;
    std::shared_ptr<state> state_;
};

/// A script that answers every request of every connection with `answer`.
scripted_peer::script always(std::string answer);

/// `HTTP/1.1 200 OK` with Content-Length.
std::string ok_answer(std::string const& content);

} // namespace trafikito::test
