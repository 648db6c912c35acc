#include "server/http/proxy_header.hpp"

#include "base/number.hpp"
#include "base/printable.hpp"
#include "server/http/address_group.hpp"

#include <algorithm>
#include <stdexcept>

namespace trafikito::server::http {

namespace ip = boost::asio::ip;

namespace {

using namespace std::string_view_literals;

constexpr auto signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t fixed_size = 16; ///< signature, version and command, family, length
constexpr char tls_handshake = '\x16';

enum command : unsigned { local = 0, proxy = 1 };
enum family : unsigned { unspecified = 0, inet = 1, inet6 = 2, local_socket = 3 };
constexpr unsigned last_transport = 2; ///< unspecified, stream, datagram

unsigned byte_of(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

unsigned number_of(std::string_view bytes, std::size_t at) {
    return (byte_of(bytes, at) << 8U) | byte_of(bytes, at + 1);
}

/// Bytes of both addresses and ports.
std::size_t addresses_size(unsigned kind) {
    switch (kind) {
    case inet:
        return 12;
    case inet6:
        return 36;
    case local_socket:
        return 216;
    default:
        return 0;
    }
}

std::optional<std::string> fault_of_signature(std::string_view bytes) {
    auto const begun = bytes.substr(0, signature.size());
    if (signature.starts_with(begun)) {
        return std::nullopt;
    }
    switch (begun.front()) {
    case tls_handshake:
        return "it begins with TLS";
    case 'P':
        return "it begins with text: version 1, or plain HTTP";
    default:
        return "it begins with something else";
    }
}

// Looks at one byte after the other, so that more of them never change what is wrong.
std::optional<std::string> fault_of(std::string_view bytes) {
    if (auto wrong = fault_of_signature(bytes)) {
        return wrong;
    }
    if (bytes.size() <= 12) {
        return std::nullopt;
    }
    auto const version = byte_of(bytes, 12) >> 4U;
    auto const what = byte_of(bytes, 12) & 0xFU;
    if (version != 2) {
        return "its version is " + std::to_string(version);
    }
    if (what > proxy) {
        return "its command " + std::to_string(what) + " is unknown";
    }
    if (bytes.size() <= 13) {
        return std::nullopt;
    }
    auto const kind = byte_of(bytes, 13) >> 4U;
    if (what == proxy && (kind > local_socket || (byte_of(bytes, 13) & 0xFU) > last_transport)) {
        return "its kind of addresses is unknown";
    }
    if (bytes.size() < fixed_size) {
        return std::nullopt;
    }
    std::size_t const length = number_of(bytes, 14);
    if (fixed_size + length > max_proxy_header) {
        return "it is longer than " + std::to_string(max_proxy_header) + " bytes";
    }
    if (what == proxy && length < addresses_size(kind)) {
        return "it is too short for its addresses";
    }
    return std::nullopt;
}

template <class Address>
ip::tcp::endpoint source_in(std::string_view bytes) {
    typename Address::bytes_type address{};
    std::copy_n(bytes.begin() + fixed_size, address.size(), address.begin());
    auto const port = number_of(bytes, fixed_size + 2 * address.size());
    return {unmapped(Address(address)), static_cast<std::uint16_t>(port)};
}

ip::address_v6::bytes_type bytes_of(ip::address const& address) {
    auto const plain = unmapped(address);
    return plain.is_v4() ? ip::make_address_v6(ip::v4_mapped, plain.to_v4()).to_bytes()
                         : plain.to_v6().to_bytes();
}

} // namespace

proxy_header_result read_proxy_header(std::string_view bytes) {
    if (auto wrong = fault_of(bytes)) {
        return bad_proxy_header{std::move(*wrong)};
    }
    if (bytes.size() < fixed_size) {
        return unfinished_proxy_header{fixed_size - bytes.size()};
    }
    auto const size = fixed_size + number_of(bytes, 14);
    if (bytes.size() < size) {
        return unfinished_proxy_header{size - bytes.size()};
    }
    proxy_header read{.size = size, .local = (byte_of(bytes, 12) & 0xFU) == local, .source = {}};
    if (!read.local) {
        switch (byte_of(bytes, 13) >> 4U) {
        case inet:
            read.source = source_in<ip::address_v4>(bytes);
            break;
        case inet6:
            read.source = source_in<ip::address_v6>(bytes);
            break;
        default:
            break;
        }
    }
    return read;
}

bool is_network(std::string const& text) {
    try {
        trusted_proxies const taken({text});
        return true;
    } catch (std::runtime_error const&) {
        return false;
    }
}

trusted_proxies::trusted_proxies(std::vector<std::string> const& texts) {
    for (auto const& text : texts) {
        networks_.push_back(read(text));
    }
}

trusted_proxies::network trusted_proxies::read(std::string const& text) {
    auto const slash = text.find('/');
    auto const before = text.substr(0, slash);
    boost::system::error_code failed;
    auto const address = ip::make_address(before, failed);
    if (failed || before.find('%') != std::string::npos) {
        throw std::runtime_error("'" + base::for_line(text) +
                                 "' is no address and no network: write it like 192.0.2.1, "
                                 "10.0.0.0/8 or 2001:db8::/32");
    }
    unsigned const most = address.is_v4() ? 32 : 128;
    unsigned bits = most;
    if (slash != std::string::npos) {
        auto const given = base::number_in<unsigned>(std::string_view(text).substr(slash + 1));
        if (!given || *given > most) {
            throw std::runtime_error("'" + base::for_line(text) +
                                     "' is no network: after the slash stands how many bits "
                                     "count, 0 to " +
                                     std::to_string(most));
        }
        bits = *given;
    }
    return {bytes_of(address), bits + 128 - most};
}

bool trusted_proxies::trusts(ip::address const& address) const {
    auto const bytes = bytes_of(address);
    return std::ranges::any_of(networks_, [&](network const& one) {
        unsigned const whole = one.bits / 8;
        unsigned const rest = one.bits % 8;
        if (!std::equal(bytes.begin(), bytes.begin() + whole, one.bytes.begin())) {
            return false;
        }
        unsigned const mask = 0xFF00U >> rest & 0xFFU;
        return rest == 0 || ((bytes.at(whole) ^ one.bytes.at(whole)) & mask) == 0;
    });
}

} // namespace trafikito::server::http
