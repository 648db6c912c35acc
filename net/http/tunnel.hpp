#pragma once
// The tunnel through an HTTP proxy (CONNECT: RFC 9110, 9.3.6), over any transport; private to net/.
// It knows no time: its caller bounds it.

#include "net/http/transport.hpp"
#include "net/link/failure.hpp"
#include "net/link/progress.hpp"
#include "net/link/proxy.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::net::http {

/// The request for a tunnel to `target` (`api.example:443`).
std::string connect_request(link::proxy const& through, std::string const& target,
                            std::string const& user_agent);

/// The failure in a proxy's answer; nothing when it opened the tunnel (2xx). `offered`: the ways to
/// say who one is, of all its Proxy-Authenticate (RFC 9110, 11.7.1); empty where it names none.
std::optional<link::failure> find_proxy_refusal(link::proxy const& through,
                                                std::string const& target, unsigned status,
                                                std::string_view reason,
                                                std::vector<std::string> const& offered = {});

/// From now on `over` is a way to `target`, unless this failed.
boost::asio::awaitable<std::optional<link::failure>>
open_tunnel(transport& over, link::proxy const& through, std::string const& target,
            std::string const& user_agent, link::progress& progress);

} // namespace trafikito::net::http
