#pragma once
// One open connection to one origin, plain or TLS, direct or through a proxy. http_client opens it,
// keeps it, drops it; private to net/, so that the streams are instantiated in connection.cpp
// alone.

#include "net/http/body.hpp"
#include "net/http/client.hpp"
#include "net/http/exchange.hpp"
#include "net/link/endpoint.hpp"
#include "net/link/failure.hpp"
#include "net/link/handshake.hpp"
#include "net/link/progress.hpp"
#include "net/link/proxy.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::net::http {

class connection {
public:
    virtual ~connection() = default;

    /// exchange() of exchange.hpp over this connection's stream. After an error it is of no use.
    virtual boost::asio::awaitable<outcome> exchange(std::string_view head, body const& content,
                                                     std::size_t max_answer,
                                                     link::progress& progress) = 0;

    /// Whether it can carry a request, as far as one can know without asking the peer: it is open,
    /// and nothing came that nobody asked for.
    virtual bool is_idle() = 0;

    /// The peer asked for a client certificate and there is none to show.
    [[nodiscard]] virtual bool wanted_certificate() const = 0;
};

/// What opening a connection needs. All of it must outlive the connection.
struct dialer {
    boost::asio::any_io_executor executor;
    link::resolver& names;
    link::tls_side& tls;
    std::optional<link::proxy> through; ///< nothing: directly
    link::tls_side* tls_to_proxy;       ///< there when the proxy is spoken to over TLS
    std::string const& user_agent;
    trace const& log;
};

/// Resolves, connects and shakes hands, by way of the proxy when there is one.
boost::asio::awaitable<link::result<std::unique_ptr<connection>>>
open_connection(dialer with, link::endpoint to, link::progress& progress);

} // namespace trafikito::net::http
