#pragma once
// The proxy through which the API is reached, and which addresses are reached without it.
// http_client uses it. Its password is in `authorization` and nowhere else.

#include "base/secret.hpp"
#include "net/link/endpoint.hpp"
#include "net/link/failure.hpp"

#include <string>
#include <string_view>

namespace trafikito::net::link {

struct proxy {
    endpoint to;                ///< `tls`: it is spoken to over TLS itself
    base::secret authorization; ///< value of Proxy-Authorization; empty without a user
};

/// `http://[user:password@]host:port` or `https://…`; user and password percent-encoded. Fails at
/// step::proxy, without showing what was written: it may hold a password.
result<proxy> parse_proxy(std::string_view text);

/// Whether `rules` (curl's no_proxy) take `to` out of the proxy's reach: `*`, or names and
/// addresses separated by commas or blanks. `example.com` and `.example.com` stand for that name
/// and all below it, `192.0.2.1` and `192.0.2.0/24`, `2001:db8::/32` for addresses; each may end in
/// `:port` (`[2001:db8::1]:443`). What is no rule takes out nothing.
bool bypasses_proxy(std::string_view rules, endpoint const& to);

} // namespace trafikito::net::link
