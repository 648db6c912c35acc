#pragma once
// An address that the agent calls, taken apart. Configuration gives them as URLs, http_client takes
// them so. Never plain HTTP but to this machine itself.

#include "net/link/failure.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace trafikito::net::link {

struct endpoint {
    bool tls = true;
    std::string host; ///< lower case; an IPv6 literal without its brackets
    std::uint16_t port = 443;
    std::string target = "/"; ///< path and query, percent-encoded, begins with `/`

    /// `api.example:443`, `[::1]:8443`: for messages.
    [[nodiscard]] std::string peer() const;

    /// The value of `Host`: with the port only where it is not the scheme's own.
    [[nodiscard]] std::string host_header() const;

    /// `https://api.example:8443`, without path and query: what one connection serves.
    [[nodiscard]] std::string origin() const;

    /// The endpoint below this base address: its path, one slash, `path` (whose own leading slash
    /// does not count). A query of the base is dropped.
    [[nodiscard]] endpoint below(std::string_view path) const;

    /// With one more `name=value` in the query, both percent-encoded.
    [[nodiscard]] endpoint with_query(std::string_view name, std::string_view value) const;

    friend bool operator==(endpoint const&, endpoint const&) = default;
};

inline constexpr std::size_t max_url = 2048; ///< characters

/// https anywhere, http only to loopback (localhost, 127.0.0.0/8, ::1). No user information, no
/// fragment, at most max_url characters. The failure is at step::address and does not repeat user
/// information or query.
result<endpoint> parse_endpoint(std::string_view text);

} // namespace trafikito::net::link
