#include "net/link/endpoint.hpp"

#include "base/ascii.hpp"
#include "base/hexadecimal.hpp"
#include "base/number.hpp"
#include "base/percent_encoding.hpp"
#include "base/plain_text.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <optional>

namespace trafikito::net::link {

namespace {

constexpr std::size_t max_host = 253; // RFC 1035

std::uint16_t default_port(bool tls) {
    return tls ? 443 : 80;
}

failure unusable(std::string_view url, std::string what, std::string hint = {}) {
    failure why;
    why.at = step::address;
    // Neither a query (v1 has its call token there) nor user information may reach a message.
    if (url.find('@') == std::string_view::npos) {
        auto const shown = base::plain_text(url.substr(0, url.find_first_of("?#")), 200);
        why.what = shown.empty() ? what : shown + ": " + what;
    } else {
        why.what = std::move(what);
    }
    why.hint = std::move(hint);
    return why;
}

std::string bracketed(std::string const& host) {
    return host.find(':') == std::string::npos ? host : '[' + host + ']';
}

bool loopback(std::string const& host) {
    boost::system::error_code no_address;
    auto const address = boost::asio::ip::make_address(host, no_address);
    return host == "localhost" || (!no_address && address.is_loopback());
}

/// A name of letters, digits, `-`, `_` and dots, or an address; what else a URL allows reaches no
/// network.
bool usable_host(std::string const& host) {
    if (host.find(':') != std::string::npos) {
        boost::system::error_code no_address;
        boost::asio::ip::make_address_v6(host, no_address);
        // It would read up to a NUL, and takes a zone.
        return !no_address && host.find_first_not_of("0123456789abcdef:.") == std::string::npos;
    }
    bool const name = std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
    bool const empty_label = host.starts_with('.') || host.find("..") != std::string::npos;
    return !host.empty() && host.size() <= max_host && name && !empty_label;
}

struct url_parts {
    std::string_view scheme;
    std::string_view authority;
    std::string_view target; ///< path and query
    bool has_fragment = false;
};

bool is_hexadecimal(char c) {
    return base::is_hexadecimal(base::to_lower(c)); // either case is as good (RFC 3986, 2.1)
}

/// Whether it is made of what RFC 3986 allows in a path (pchar and /) or one of `more`.
bool is_of_path(std::string_view text, std::string_view more) {
    constexpr std::string_view marks = "-._~!$&'()*+,;=:@/";
    for (std::size_t at = 0; at < text.size(); ++at) {
        char const c = text[at];
        if (c == '%') {
            if (text.size() - at < 3 || !is_hexadecimal(text[at + 1]) ||
                !is_hexadecimal(text[at + 2])) {
                return false;
            }
            at += 2;
        } else if (!base::is_letter(c) && !base::is_digit(c) &&
                   marks.find(c) == std::string_view::npos &&
                   more.find(c) == std::string_view::npos) {
            return false;
        }
    }
    return true;
}

bool is_scheme(std::string_view text) {
    return !text.empty() && base::is_letter(text.front()) && std::ranges::all_of(text, [](char c) {
        return base::is_letter(c) || base::is_digit(c) || c == '+' || c == '-' || c == '.';
    });
}

/// scheme://authority[path][?query][#fragment] (RFC 3986, 3); what the authority is made of is
/// looked at later. Nothing where it is no such thing.
std::optional<url_parts> split(std::string_view url) {
    constexpr std::string_view separator = "://";
    auto const colon = url.find(separator);
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    url_parts parts;
    parts.scheme = url.substr(0, colon);
    auto rest = url.substr(colon + separator.size());
    auto const hash = rest.find('#');
    parts.has_fragment = hash != std::string_view::npos;
    auto const fragment = parts.has_fragment ? rest.substr(hash + 1) : std::string_view();
    rest = rest.substr(0, hash);
    auto const end = std::min(rest.find_first_of("/?"), rest.size());
    parts.authority = rest.substr(0, end);
    parts.target = rest.substr(end);
    auto const path = parts.target.substr(0, parts.target.find('?'));
    auto const query = parts.target.substr(path.size());
    bool const fine = is_scheme(parts.scheme) && !parts.authority.empty() && is_of_path(path, "") &&
                      is_of_path(query, "?") && is_of_path(fragment, "?");
    return fine ? std::optional(parts) : std::nullopt;
}

std::string host_in(std::string_view authority) {
    bool const literal = authority.starts_with('[');
    auto const end = literal ? authority.find(']') : authority.find(':');
    auto host = base::lower(std::string(authority.substr(0, end)));
    if (!literal) {
        return host;
    }
    // Brackets are for IPv6 alone.
    bool const closed = end != std::string_view::npos;
    return closed && host.find(':') != std::string::npos ? host.substr(1) : std::string();
}

/// 0 where it is none.
std::uint16_t port_in(std::string_view authority, std::uint16_t otherwise) {
    auto const host_end = authority.starts_with('[')
                              ? std::min(authority.find(']'), authority.size() - 1) + 1
                              : std::min(authority.find(':'), authority.size());
    auto const rest = authority.substr(host_end);
    if (rest.empty() || rest == ":") {
        return otherwise;
    }
    auto const port = base::number_in<std::uint16_t>(rest.substr(1));
    return rest.front() == ':' ? port.value_or(0) : std::uint16_t{0};
}

} // namespace

std::string endpoint::peer() const {
    return bracketed(host) + ':' + std::to_string(port);
}

std::string endpoint::host_header() const {
    return port == default_port(tls) ? bracketed(host) : peer();
}

std::string endpoint::origin() const {
    return (tls ? "https://" : "http://") + peer();
}

endpoint endpoint::below(std::string_view path) const {
    auto lower = *this;
    lower.target = target.substr(0, target.find('?'));
    while (lower.target.ends_with('/')) {
        lower.target.pop_back();
    }
    while (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    lower.target += '/';
    lower.target += path;
    return lower;
}

endpoint endpoint::with_query(std::string_view name, std::string_view value) const {
    auto queried = *this;
    auto const mark = target.find('?');
    if (mark == std::string::npos) {
        queried.target += '?';
    } else if (mark + 1 != target.size() && !target.ends_with('&')) {
        queried.target += '&';
    }
    queried.target += base::percent_encode(name) + '=' + base::percent_encode(value);
    return queried;
}

result<endpoint> parse_endpoint(std::string_view text) {
    auto const trimmed = base::trim_white_space(text);
    if (trimmed.empty() || trimmed.size() > max_url) {
        return unusable({}, trimmed.empty() ? "the address is empty" : "the address is too long");
    }
    auto const parts = split(trimmed);
    if (!parts) {
        return unusable(trimmed, "this is no address",
                        "write it like https://api.example.com/path");
    }
    auto const scheme = base::lower(std::string(parts->scheme));
    if (scheme != "https" && scheme != "http") {
        return unusable(trimmed, "the address must begin with https://");
    }
    if (parts->authority.find('@') != std::string_view::npos) {
        return unusable(trimmed, "the address holds a user name or password; take it out");
    }
    if (parts->has_fragment) {
        return unusable(trimmed, "the address must not have a part after #");
    }
    endpoint to;
    to.tls = scheme == "https";
    to.host = host_in(parts->authority);
    to.port = port_in(parts->authority, default_port(to.tls));
    if (!usable_host(to.host) || to.port == 0) {
        return unusable(trimmed, "the address has no usable host or port");
    }
    if (!to.tls && !loopback(to.host)) {
        return unusable(trimmed, "http:// is only for this machine itself (localhost, 127.0.0.1)",
                        "write https://");
    }
    to.target = std::string(parts->target);
    if (!to.target.starts_with('/')) {
        to.target.insert(0, "/");
    }
    return to;
}

} // namespace trafikito::net::link
