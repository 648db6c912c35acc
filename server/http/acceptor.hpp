#pragma once
// The listening socket, opened with words for the operator when it cannot be. Only the listener
// uses it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <string>

namespace trafikito::server::http {

/// Throws std::runtime_error that names the address and the reason.
boost::asio::ip::tcp::acceptor open_acceptor(boost::asio::any_io_executor const& executor,
                                             std::string const& address, unsigned short port);

/// `127.0.0.1:4242`, for the log.
std::string name_of(boost::asio::ip::tcp::endpoint const& peer);

/// Why one cannot listen at an address, and what to do: for the administrator.
struct listen_fault {
    std::string what;
    std::string mend; ///< may be empty
};
listen_fault listening_fault(boost::system::error_code const& failed, unsigned short port);

} // namespace trafikito::server::http
