#pragma once
// The PROXY protocol's version 2 (haproxy's proxy-protocol.txt, section 2.2): what a balancer
// writes in front of a connection, so that its server learns who is behind it. Pure: bytes in,
// header out. And whose word is taken for it.

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace trafikito::server::http {

struct proxy_header {
    std::size_t size = 0; ///< bytes; what follows is the client's
    /// LOCAL: the balancer speaks for itself, as its health checks do.
    bool local = false;
    /// The client, IPv4-mapped addresses as IPv4. Nothing for LOCAL, AF_UNIX and AF_UNSPEC.
    std::optional<boost::asio::ip::tcp::endpoint> source;
};

/// At least so many more bytes are needed.
struct unfinished_proxy_header {
    std::size_t missing = 0;
};

/// No more bytes mend it. `reason` reads well in brackets.
struct bad_proxy_header {
    std::string reason;
};

using proxy_header_result = std::variant<proxy_header, unfinished_proxy_header, bad_proxy_header>;

/// Longer ones, of all extensions together, are bad.
inline constexpr std::size_t max_proxy_header = 4096;

/// `bytes`: all that came so far of a connection. Extensions (TLVs) are skipped. A header that is
/// bad is so as soon as the byte that makes it bad is there, for the same reason however many
/// follow.
proxy_header_result read_proxy_header(std::string_view bytes);

/// Whether trusted_proxies takes it.
bool is_network(std::string const& text);

/// The balancers whose headers are believed: addresses and networks.
class trusted_proxies {
public:
    trusted_proxies() = default;

    /// `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`. Throws std::runtime_error, for people, when
    /// one of them is none.
    explicit trusted_proxies(std::vector<std::string> const& texts);

    /// An IPv4-mapped address is looked for as IPv4. Zones (`%eth0`) do not count.
    [[nodiscard]] bool trusts(boost::asio::ip::address const& address) const;

private:
    struct network {
        boost::asio::ip::address_v6::bytes_type bytes; ///< IPv4 as IPv4-mapped
        unsigned bits;                                 ///< of `bytes` that count, 0 to 128
    };

    static network read(std::string const& text);

    std::vector<network> networks_;
};

} // namespace trafikito::server::http
