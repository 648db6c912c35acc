#pragma once
// A TCP connection to one of several addresses, by happy eyeballs (RFC 8305): families in turn, the
// next attempt after 250 ms or as soon as one failed, the first that is connected wins and all
// others are closed. connection.cpp uses it; private to net/.

#include "net/link/resolver.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <functional>
#include <string_view>

namespace trafikito::net::link {

inline constexpr std::chrono::milliseconds connection_attempt_delay{250}; ///< RFC 8305, 5
inline constexpr std::size_t max_addresses = 8; ///< of one name that are tried

/// The same addresses, families alternating, beginning with that of the first; at most
/// `max_addresses`.
addresses interleave(addresses const& found);

struct connected {
    boost::system::error_code error; ///< the most telling one when no address could be reached
    boost::asio::ip::tcp::socket socket;
};

/// It knows no time but the delay: its caller bounds it. Cancelled, it closes all attempts and
/// reports operation_aborted. Sets TCP_NODELAY, and what finds out about a dead peer: keep-alive
/// probes after 30 s, and an error when sent bytes stay unacknowledged for 15 s.
boost::asio::awaitable<connected> connect_first(boost::asio::any_io_executor executor,
                                                addresses found,
                                                std::function<void(std::string_view)> const& log);

} // namespace trafikito::net::link
