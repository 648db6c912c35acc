#include "config/url.hpp"

#include "base/ascii.hpp"
#include "config/diagnostic.hpp"

#include <algorithm>
#include <cstdint>

#include <arpa/inet.h>

namespace trafikito::config {
namespace {

constexpr std::size_t longest_url = 2048;
constexpr std::size_t longest_host = 253; // RFC 1035
constexpr std::size_t most_urls = 16;

/// `https://example.org:8443/path?query` in its parts.
struct url_parts {
    std::string scheme;         ///< lower case
    std::string_view user_info; ///< before an @
    bool has_user_info = false;
    std::string_view host; ///< with the brackets of an IPv6 address
    std::string_view port;
    bool has_port = false;
    std::string_view path;
    bool has_query = false;
    bool has_fragment = false;
};

bool valid_host(std::string_view host) {
    if (host.starts_with('[')) {
        in6_addr address{};
        return host.ends_with(']') &&
               ::inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(),
                           &address) == 1;
    }
    return !host.empty() && host.size() <= longest_host && !host.starts_with('.') &&
           !host.starts_with('-') && host.find("..") == std::string_view::npos &&
           std::ranges::all_of(host,
                               [](char c) { return base::is_word(c) || c == '-' || c == '.'; });
}

bool is_hex(char c) {
    return base::is_digit(c) || (base::to_lower(c) >= 'a' && base::to_lower(c) <= 'f');
}

/// Path and query (RFC 3986, 3.3 and 3.4): what else stands there must be percent-encoded.
bool valid_target(std::string_view text) {
    constexpr std::string_view others = "-._~!$&'()*+,;=:@/?";
    for (std::size_t at = 0; at < text.size(); ++at) {
        bool const escape =
            text[at] == '%' && at + 2 < text.size() && is_hex(text[at + 1]) && is_hex(text[at + 2]);
        bool const plain = base::is_digit(text[at]) || base::is_letter(text[at]) ||
                           others.find(text[at]) != std::string_view::npos;
        if (!escape && !plain) {
            return false;
        }
    }
    return true;
}

bool valid_port(std::string_view port) {
    auto const number = parse_count(port, 1, 65535);
    return number.value.has_value();
}

/// What is wrong with a part, in words that follow the name of what it is the address of. A part is
/// shown where nothing of the whole can be a password.
std::string wrong_part(std::string_view whole, std::string_view what, std::string_view part,
                       std::string_view rule) {
    bool const may_show = whole.find('@') == std::string_view::npos;
    return "has " + std::string(what) + (may_show ? ' ' + in_quotes(part) : std::string()) + ": " +
           std::string(rule);
}

std::string problem_of(url_parts const& parts, std::string_view whole) {
    if (!valid_host(parts.host)) {
        return parts.host.empty()
                   ? "has no name of a machine behind ://"
                   : wrong_part(whole, "the host", parts.host,
                                "a name of letters, digits, dots and hyphens, an address, or one "
                                "of IPv6 in brackets, is wanted");
    }
    return parts.has_port && !valid_port(parts.port)
               ? wrong_part(whole, "the port", parts.port, "a port is 1 to 65535")
               : std::string();
}

constexpr std::string_view no_address = "must be an address such as https://api.example.org";

/// Scheme, host and port are valid in form, or the problem says which is not: no_address where it
/// is none at all.
parsed<url_parts> split(std::string_view text) {
    auto const colon = text.find("://");
    if (colon == std::string_view::npos || text.size() > longest_url ||
        !std::ranges::all_of(text, [](char c) { return base::is_graphic(c) && c != '\\'; })) {
        return {{}, std::string(no_address)};
    }
    url_parts parts;
    parts.scheme = base::lower(text.substr(0, colon));
    auto rest = text.substr(colon + 3);
    auto const authority_end = std::min(rest.find_first_of("/?#"), rest.size());
    auto authority = rest.substr(0, authority_end);
    rest.remove_prefix(authority_end);
    parts.has_fragment = rest.find('#') != std::string_view::npos;
    parts.has_query = rest.find('?') != std::string_view::npos;
    parts.path = rest.substr(0, rest.find_first_of("?#"));
    if (!valid_target(rest.substr(0, rest.find('#')))) {
        return {{}, "has a path or query with a character that must be written as %XX"};
    }
    if (auto const at = authority.rfind('@'); at != std::string_view::npos) {
        parts.has_user_info = true;
        parts.user_info = authority.substr(0, at);
        authority.remove_prefix(at + 1);
    }
    auto const host_end = authority.starts_with('[') ? authority.find(']') : 0;
    if (host_end == std::string_view::npos) {
        return {{}, "has a [ without its ]"};
    }
    auto const port_colon = authority.find(':', host_end);
    parts.host = authority.substr(0, port_colon);
    if (port_colon != std::string_view::npos) {
        parts.has_port = true;
        parts.port = authority.substr(port_colon + 1);
    }
    if (auto problem = problem_of(parts, text); !problem.empty()) {
        return {{}, std::move(problem)};
    }
    return {std::move(parts), {}};
}

/// An address with an @ may hold a password and is not shown, nor is a query: it may hold a key.
std::string shown(std::string_view text) {
    return text.find('@') == std::string_view::npos
               ? ", not " + in_quotes(text.substr(0, text.find_first_of("?#")))
               : std::string();
}

/// Why the agent may not speak to it; empty when it may.
std::string objection(std::string_view text) {
    auto const [parts, problem] = split(text);
    if (!parts && problem != no_address) {
        return problem;
    }
    if (!parts || (parts->scheme != "https" && parts->scheme != "http")) {
        return std::string(no_address) + shown(text);
    }
    if (parts->has_user_info) {
        return "must not hold a user name or password (what stands before the @)";
    }
    if (parts->scheme == "http" && !is_loopback_host(parts->host)) {
        return "must begin with https:// (http:// only towards this machine: localhost, 127.0.0.1, "
               "[::1])" +
               shown(text);
    }
    if (parts->has_fragment) {
        return "must not hold a # part" + shown(text);
    }
    return {};
}

} // namespace

bool is_loopback_host(std::string_view host) {
    if (base::equals_ignoring_case(host, "localhost") || host == "[::1]") {
        return true;
    }
    // Exactly four decimal numbers: 127.0.0.1.example.org is a name, and 127.1 is read in many
    // ways.
    for (int number = 0; number < 4; ++number) {
        auto const end = std::min(host.find('.'), host.size());
        auto const part = host.substr(0, end);
        bool const last = number == 3;
        if (part.empty() || part.size() > 3 || (part.size() > 1 && part.front() == '0') ||
            !std::ranges::all_of(part, base::is_digit) || !parse_count(part, 0, 255).value ||
            (number == 0 && part != "127") || last != (end == host.size())) {
            return false;
        }
        host.remove_prefix(last ? end : end + 1);
    }
    return true;
}

parsed<std::string> parse_url(std::string_view text) {
    if (auto problem = objection(text); !problem.empty()) {
        return {{}, std::move(problem)};
    }
    return {std::string(text), {}};
}

parsed<std::vector<std::string>> parse_url_list(std::string_view text) {
    std::vector<std::string> list;
    for (bool more = true; more;) {
        auto const comma = text.find(',');
        more = comma != std::string_view::npos;
        auto one = base::trim(text.substr(0, comma));
        text.remove_prefix(more ? comma + 1 : text.size());
        if (one.empty()) {
            return {{}, "must be addresses separated by commas; there is an empty one"};
        }
        if (auto problem = objection(one); !problem.empty()) {
            return {{}, std::move(problem)};
        }
        if (auto const parts = split(one).value; parts && parts->has_query) {
            return {{}, "must be base addresses without a ? part" + shown(one)};
        }
        while (one.ends_with('/')) {
            one.remove_suffix(1);
        }
        list.emplace_back(one);
        if (list.size() > most_urls) {
            return {{}, "must be at most " + std::to_string(most_urls) + " addresses"};
        }
    }
    return {std::move(list), {}};
}

namespace {

/// `user:password`, percent-encoded. The user's name cannot hold a colon (RFC 7617, 2).
bool valid_credentials(std::string_view text) {
    auto const user = text.substr(0, text.find(':'));
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            continue;
        }
        if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2]) ||
            (at < user.size() && base::lower(text.substr(at, 3)) == "%3a")) {
            return false;
        }
    }
    return true;
}

/// Nothing of it is shown: it may hold a password.
std::string proxy_problem(std::string const& address) {
    constexpr std::string_view wanted = "must be http://host:port, https://host:port or none";
    // As if it had a password.
    auto const hidden = address.find('@') == std::string::npos
                            ? address.substr(0, address.find("://") + 3) + '@' +
                                  address.substr(address.find("://") + 3)
                            : address;
    auto const [parts, problem] = split(hidden);
    if (!parts) {
        return std::string(wanted) + (problem == no_address ? "" : ", and " + problem);
    }
    bool const known = parts->scheme == "http" || parts->scheme == "https";
    if (known && !parts->has_port) {
        return std::string(wanted) + ", and has no port";
    }
    if (!valid_credentials(parts->user_info)) {
        return std::string(wanted) + ", and has a user name or password with a % that is no %XX";
    }
    bool const bare = parts->path.empty() || parts->path == "/";
    return known && bare && !parts->has_query && !parts->has_fragment ? "" : std::string(wanted);
}

} // namespace

parsed<std::string> parse_proxy(std::string_view text) {
    if (base::equals_ignoring_case(text, "none")) {
        return {std::string(), {}};
    }
    auto address = std::string(text);
    if (text.find("://") == std::string_view::npos) {
        address.insert(0, "http://");
    }
    if (auto problem = proxy_problem(address); !problem.empty()) {
        return {{}, std::move(problem) + " (its value is not shown here)"};
    }
    auto const parts = split(address).value;
    if (parts->path == "/") {
        address.pop_back();
    }
    return {std::move(address), {}};
}

} // namespace trafikito::config
