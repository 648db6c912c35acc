#include "net/link/proxy.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "base/percent_encoding.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <optional>

namespace trafikito::net::link {

namespace {

namespace asio = boost::asio;

failure unusable_proxy() {
    failure why;
    why.at = step::proxy;
    why.what = "proxy is no address of a proxy (its value is not shown here)";
    why.hint = "write it like http://proxy.example:3128; user and password percent-encoded, if any";
    return why;
}

std::string base64(std::string const& text) {
    std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
    auto const size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                        reinterpret_cast<unsigned char const*>(text.data()),
                                        static_cast<int>(text.size()));
    encoded.resize(static_cast<std::size_t>(size));
    return encoded;
}

std::optional<std::uint16_t> port_in(std::string_view text) {
    auto const port = base::number_in<std::uint16_t>(text);
    return port != std::uint16_t{0} ? port : std::nullopt;
}

std::optional<asio::ip::address> address_in(std::string const& text) {
    boost::system::error_code none;
    auto const address = asio::ip::make_address(text, none);
    return none ? std::nullopt : std::optional(address);
}

bool is_in_network(asio::ip::address const& host, std::string const& rule) {
    boost::system::error_code none;
    if (host.is_v4()) {
        auto const network = asio::ip::make_network_v4(rule, none);
        auto const own =
            none ? network : asio::ip::network_v4(host.to_v4(), network.prefix_length());
        return !none && own.canonical() == network.canonical();
    }
    auto const network = asio::ip::make_network_v6(rule, none);
    auto const own = none ? network : asio::ip::network_v6(host.to_v6(), network.prefix_length());
    return !none && own.canonical() == network.canonical();
}

/// Takes `:port` off a rule, where it has one; an IPv6 address needs brackets for that.
std::optional<std::uint16_t> take_port(std::string& rule) {
    auto const colon = rule.rfind(':');
    bool const plain = colon != std::string::npos && rule.find(':') == colon;
    bool const bracketed =
        rule.starts_with('[') && colon != std::string::npos && rule[colon - 1] == ']';
    auto const port =
        plain || bracketed ? port_in(std::string_view(rule).substr(colon + 1)) : std::nullopt;
    if (port) {
        rule.resize(colon);
    }
    if (rule.starts_with('[') && rule.ends_with(']')) {
        rule = rule.substr(1, rule.size() - 2);
    }
    return port;
}

bool covers(std::string rule, endpoint const& to) {
    rule = base::lower(rule);
    if (rule == "*") {
        return true;
    }
    auto const port = take_port(rule);
    if (port && *port != to.port) {
        return false;
    }
    if (auto const host = address_in(to.host)) {
        return rule.find('/') != std::string::npos ? is_in_network(*host, rule)
                                                   : address_in(rule) == host;
    }
    std::string_view name = rule;
    if (name.starts_with("*.")) {
        name.remove_prefix(1);
    }
    if (name.starts_with('.')) {
        name.remove_prefix(1);
    }
    if (name.ends_with('.')) {
        name.remove_suffix(1);
    }
    std::string_view host = to.host;
    if (host.ends_with('.')) { // the root, which a name may end in
        host.remove_suffix(1);
    }
    return !name.empty() && (host == name || (host.size() > name.size() && host.ends_with(name) &&
                                              host[host.size() - name.size() - 1] == '.'));
}

} // namespace

result<proxy> parse_proxy(std::string_view text) {
    auto rest = base::trim_white_space(text);
    auto const scheme_end = rest.find("://");
    auto const scheme = rest.substr(0, std::min(scheme_end, rest.size()));
    bool const tls = base::equals_ignoring_case(scheme, "https");
    if (scheme_end == std::string_view::npos ||
        !(tls || base::equals_ignoring_case(scheme, "http"))) {
        return unusable_proxy();
    }
    rest.remove_prefix(scheme_end + 3);
    rest = rest.ends_with('/') ? rest.substr(0, rest.size() - 1) : rest;
    proxy parsed;
    if (auto const at = rest.rfind('@'); at != std::string_view::npos) {
        auto const colon = std::min(rest.substr(0, at).find(':'), at);
        auto const user = base::percent_decode(rest.substr(0, colon));
        auto const password =
            base::percent_decode(colon == at ? "" : rest.substr(colon + 1, at - colon - 1));
        if (!user || !password || user->find(':') != std::string::npos) {
            return unusable_proxy();
        }
        parsed.authorization = base::secret("Basic " + base64(*user + ':' + *password));
        rest.remove_prefix(at + 1);
    }
    // Whatever the scheme of the proxy: the rules for a host are those of https.
    auto to = parse_endpoint("https://" + std::string(rest));
    if (!to || to->target != "/" || rest.find_first_of("/?#") != std::string_view::npos) {
        return unusable_proxy();
    }
    bool const has_port = rest.find(':', rest.rfind(']') + 1) != std::string_view::npos;
    parsed.to = std::move(*to);
    parsed.to.tls = tls;
    if (!has_port) {
        parsed.to.port = tls ? 443 : 80;
    }
    return parsed;
}

bool bypasses_proxy(std::string_view rules, endpoint const& to) {
    while (!rules.empty()) {
        auto const end = std::min(rules.find_first_of(", \t"), rules.size());
        if (end != 0 && covers(std::string(rules.substr(0, end)), to)) {
            return true;
        }
        rules.remove_prefix(std::min(end + 1, rules.size()));
    }
    return false;
}

} // namespace trafikito::net::link
