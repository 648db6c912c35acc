#pragma once
// Whom an address counts as where limits and counts are by address. Admission and incidents use it.

#include <boost/asio/ip/address.hpp>

#include <string>

namespace trafikito::server::http {

/// IPv6 addresses that are IPv4 ones (`::ffff:192.0.2.1`) as such; others as they are.
boost::asio::ip::address unmapped(boost::asio::ip::address const& address);

/// `192.0.2.1`; of IPv6 the network of 64 bits, `2001:db8:0:1::/64`: whoever has one address there
/// has them all (RFC 6177). The loopback address is one, `::1`.
std::string address_group(boost::asio::ip::address const& address);

} // namespace trafikito::server::http
