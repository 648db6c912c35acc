#pragma once
// The address of a server of ours, as agents have it: `https://HOST[:PORT]`, HOST a name, an IPv4
// address or an IPv6 one in brackets, and nothing else. It may stand between quotes in a script.

#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::api {

bool is_server_url(std::string_view text);

/// The host of such an address; an IPv6 address without its brackets.
std::string host_of(std::string_view url);

/// Whether a certificate for such names is for that host; `*` stands for one label.
bool covers(std::vector<std::string> const& names, std::string_view host);

} // namespace trafikito::server::api
