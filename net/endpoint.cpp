#include "net/endpoint.hpp"

#include "net/form.hpp"
#include "net/plain_text.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace trafikito::net {

namespace {

constexpr std::size_t max_url = 2048;
constexpr std::size_t max_host = 253; // RFC 1035

std::uint16_t default_port(bool tls) {
    return tls ? 443 : 80;
}

failure unusable(std::string_view url, std::string what, std::string hint = {}) {
    failure why;
    why.at = step::address;
    // Neither a query (v1 has its call token there) nor user information may reach a message.
    if (url.find('@') == std::string_view::npos) {
        auto const shown = plain_text(url.substr(0, url.find_first_of("?#")), 200);
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

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

/// A name of letters, digits, `-`, `_` and dots, or an address; what else a URL allows reaches no
/// network.
bool usable_host(std::string const& host) {
    boost::system::error_code no_address;
    boost::asio::ip::make_address(host, no_address);
    bool const name = std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
    return !host.empty() && host.size() <= max_host && (name || !no_address);
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
    queried.target += percent_encode(name) + '=' + percent_encode(value);
    return queried;
}

result<endpoint> parse_endpoint(std::string_view text) {
    auto const trimmed = trim(text);
    if (trimmed.empty() || trimmed.size() > max_url) {
        return unusable({}, trimmed.empty() ? "the address is empty" : "the address is too long");
    }
    auto const parsed = boost::urls::parse_uri(trimmed);
    if (!parsed) {
        return unusable(trimmed, "this is no address",
                        "write it like https://api.example.com/path");
    }
    auto const& url = *parsed;
    // Boost.URL 1.81 takes what it does not understand of the host or port for the path: without
    // this, http://127.0.0.1.example would pass for loopback.
    if (!url.encoded_path().empty() && !url.is_path_absolute()) {
        return unusable(trimmed, "the address has no usable host or port");
    }
    if (url.scheme_id() != boost::urls::scheme::https &&
        url.scheme_id() != boost::urls::scheme::http) {
        return unusable(trimmed, "the address must begin with https://");
    }
    if (url.has_userinfo()) {
        return unusable(trimmed, "the address holds a user name or password; take it out");
    }
    if (url.has_fragment()) {
        return unusable(trimmed, "the address must not have a part after #");
    }
    endpoint to;
    to.tls = url.scheme_id() == boost::urls::scheme::https;
    to.host = lower_case(std::string(
        url.host_type() == boost::urls::host_type::ipv6 ? url.host_address() : url.host()));
    to.port = url.has_port() && !url.port().empty() ? url.port_number() : default_port(to.tls);
    if (!usable_host(to.host) || to.port == 0) {
        return unusable(trimmed, "the address has no usable host or port");
    }
    if (!to.tls && !loopback(to.host)) {
        return unusable(trimmed, "http:// is only for this machine itself (localhost, 127.0.0.1)",
                        "write https://");
    }
    to.target = std::string(url.encoded_target());
    if (!to.target.starts_with('/')) {
        to.target.insert(0, "/");
    }
    return to;
}

} // namespace trafikito::net
