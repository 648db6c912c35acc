#pragma once
// One open connection to one origin, plain or TLS. http_client opens it, keeps it, drops it;
// private to net/, so that the streams are instantiated in connection.cpp alone.

#include "net/body.hpp"
#include "net/endpoint.hpp"
#include "net/exchange.hpp"
#include "net/failure.hpp"
#include "net/http_client.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <memory>
#include <string_view>

namespace trafikito::net {

class connection {
public:
    virtual ~connection() = default;

    /// exchange() of exchange.hpp over this connection's stream. After an error it is of no use.
    virtual boost::asio::awaitable<outcome> exchange(std::string_view head, body const& content,
                                                     std::size_t max_answer, progress& far) = 0;
};

/// What opening a connection needs. All of it must live until it is open.
struct dialer {
    boost::asio::any_io_executor executor;
    resolver& names;
    boost::asio::ssl::context& tls;
    bool own_ca_file = false;
    trace const& log;
};

/// Resolves, connects (every address gets its share of the time that is left) and shakes hands.
boost::asio::awaitable<result<std::unique_ptr<connection>>>
open_connection(dialer& with, endpoint const& to, std::chrono::steady_clock::time_point deadline,
                progress& far);

/// The failure of a request to `peer` that came to `far` and no further.
failure failed_at(progress const& far, std::string const& peer, boost::system::error_code error);

} // namespace trafikito::net
