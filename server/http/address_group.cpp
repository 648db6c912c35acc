#include "server/http/address_group.hpp"

#include <algorithm>

namespace trafikito::server::http {

namespace ip = boost::asio::ip;

ip::address unmapped(ip::address const& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    }
    return address;
}

std::string address_group(ip::address const& address) {
    auto const plain = unmapped(address);
    if (plain.is_v4() || plain.is_loopback()) {
        return plain.to_string();
    }
    auto bytes = plain.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), 0);
    return ip::address_v6(bytes).to_string() + "/64";
}

} // namespace trafikito::server::http
