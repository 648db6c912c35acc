#include "server/cli/option_values.hpp"

#include "base/ascii.hpp"
#include "base/duration.hpp"
#include "base/number.hpp"
#include "base/printable.hpp"
#include "config/url.hpp"
#include "config/usage_error.hpp"
#include "config/value.hpp"
#include "net/api/order.hpp"
#include "server/api/server_url.hpp"
#include "server/database/postgres_address.hpp"
#include "server/security/certificates.hpp"
#include "server/security/x509.hpp"
#include "server/store/person.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <limits>

namespace trafikito::server::cli {

namespace {

constexpr std::string_view name_prefix = "trafikito_";
constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = kib * kib;
constexpr std::uint64_t tib = mib * mib;

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, base::is_digit);
}

std::string check_size(std::string const& text, std::uint64_t least, std::uint64_t most) {
    if (text == "0") {
        return "";
    }
    auto const found = config::parse_size(text, least, most);
    return found.value ? "" : found.problem + "; 0 is no bound";
}

struct address_bytes {
    std::array<unsigned char, 16> bytes{};
    unsigned bits = 0; ///< 32 or 128; 0: it is no address
};

address_bytes address_in(std::string const& text) {
    address_bytes found;
    if (::inet_pton(AF_INET, text.c_str(), found.bytes.data()) == 1) {
        found.bits = 32;
    } else if (::inet_pton(AF_INET6, text.c_str(), found.bytes.data()) == 1) {
        found.bits = 128;
    }
    return found;
}

bool has_bits_behind(address_bytes const& address, unsigned prefix) {
    for (unsigned bit = prefix; bit < address.bits; ++bit) {
        if ((address.bytes.at(bit / 8) >> (7 - bit % 8) & 1U) != 0) {
            return true;
        }
    }
    return false;
}

} // namespace

std::optional<std::chrono::seconds> duration_in(std::string_view text) {
    constexpr std::chrono::hours longest{24 * 3650};
    auto const value = base::parse_duration(text);
    bool const has_unit = !is_number(text) || text == "0";
    if (!has_unit || !value || *value > longest ||
        *value % std::chrono::seconds(1) != std::chrono::seconds(0)) {
        return std::nullopt;
    }
    return std::chrono::duration_cast<std::chrono::seconds>(*value);
}

std::string check_duration(std::string const& text) {
    if (duration_in(text)) {
        return "";
    }
    auto const shown = base::for_line(text, 20);
    if (is_number(text)) {
        return shown + " has no unit: write " + shown + "d, " + shown + "h, " + shown + "m or " +
               shown + "s";
    }
    return shown + " is no duration of whole seconds, ten years at most: write 90s, 5m, 1h or 7d";
}

std::string check_positive_duration(std::string const& text) {
    auto wrong = check_duration(text);
    return !wrong.empty() || duration_in(text)->count() > 0
               ? wrong
               : base::for_line(text, 20) + " would keep nothing: write 1d, 7d or 30d";
}

namespace {

std::string check_lifetime(std::string const& text, int days, char const* examples) {
    constexpr std::chrono::minutes shortest{1};
    auto wrong = check_duration(text);
    if (!wrong.empty()) {
        return wrong;
    }
    auto const valid = *duration_in(text);
    return valid < shortest || valid > std::chrono::hours(24) * days
               ? base::for_line(text, 20) + " is not within 1m and " + std::to_string(days) +
                     "d: write " + examples
               : "";
}

} // namespace

std::string check_validity(std::string const& text) {
    return check_lifetime(text, 366, "24h or 7d");
}

std::string check_token_validity(std::string const& text) {
    return check_lifetime(text, 3650, "90d or 365d");
}

std::string check_server_url(std::string const& text) {
    if (api::is_server_url(text)) {
        return "";
    }
    auto const problem = config::parse_url(text).problem;
    return base::for_line(text) + " is no address of a server" +
           (problem.empty() ? "" : ": it " + problem) +
           "; write https://trafikito.example:8443, without a path";
}

std::string check_database_address(std::string const& text) {
    return database::problem_of_address(text, database::address_source::command_line);
}

std::optional<std::uint64_t> size_in(std::string_view text) {
    return config::parse_size(text, 0, std::numeric_limits<std::uint64_t>::max()).value;
}

std::string check_quota(std::string const& text) {
    return check_size(text, mib, kib * tib);
}

std::string check_rate(std::string const& text) {
    return check_size(text, 64 * kib, tib);
}

std::string check_last(std::string const& text) {
    return config::check_number(text, "--last 5", 0, 1'000'000);
}

std::string check_head(std::string const& text) {
    return config::check_number(text, "--head 10", 0, 1'000'000'000);
}

std::string check_machines(std::string const& text) {
    return config::check_number(text, "--machines 50", 1, 100'000);
}

std::string check_connections(std::string const& text) {
    return config::check_number(text, "--max-connections 512", 8, 100'000);
}

std::string check_host_name(std::string const& text) {
    return security::valid_certificate_name(text)
               ? ""
               : base::for_line(text) + " is neither a host name nor an IP address";
}

std::string check_network(std::string const& text) {
    auto const slash = text.find('/');
    auto const address = address_in(text.substr(0, slash));
    auto const prefix = slash == std::string::npos
                            ? std::optional(address.bits)
                            : base::number_in<unsigned>(text.substr(slash + 1));
    if (address.bits == 0 || !prefix || *prefix > address.bits) {
        return base::for_line(text) +
               " is neither an address nor a network: write 10.0.0.7, 10.0.0.0/8 or fd00::/8";
    }
    return has_bits_behind(address, *prefix)
               ? base::for_line(text) + " is an address within a network: write the address "
                                        "alone, or the network with zeros behind its prefix"
               : "";
}

std::optional<std::pair<std::string, unsigned short>> endpoint_in(std::string text) {
    auto const colon = text.rfind(':');
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    auto const port = base::number_in<unsigned short>(std::string_view(text).substr(colon + 1));
    auto address = text.substr(0, colon);
    bool const bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
    if (bracketed) {
        address = address.substr(1, address.size() - 2);
    }
    bool const v6 = address.find(':') != std::string::npos;
    if (!port || !security::is_address(address) || v6 != bracketed) {
        return std::nullopt;
    }
    return std::pair(address, *port);
}

std::string check_endpoint(std::string const& text) {
    if (endpoint_in(text)) {
        return "";
    }
    auto const colon = text.rfind(':');
    auto const address = text.substr(0, colon);
    if (security::is_address(text)) {
        bool const v6 = colon != std::string::npos;
        return base::for_line(text) + " has no port: write " + (v6 ? '[' + text + ']' : text) +
               ":8443";
    }
    if (colon == std::string::npos) {
        return base::for_line(text) + " is no address with a port: write 127.0.0.1:8443, "
                                      "0.0.0.0:8443 or [::1]:8443";
    }
    auto const port = text.substr(colon + 1);
    if (!base::number_in<unsigned short>(port)) {
        return (port.empty() ? base::for_line(text) + ": nothing" : base::for_line(port)) +
               " is no port: a port is 1 to 65535, and 0 is any free one";
    }
    if (security::is_address(address)) {
        return "needs brackets around an address of IPv6: write [" + address + "]:" + port;
    }
    return base::for_line(address) + " is no IP address of this machine: write 127.0.0.1:" + port +
           ", 0.0.0.0:" + port + " or [::1]:" + port;
}

std::string with_prefix(std::string const& name) {
    return name.starts_with(name_prefix) ? name : std::string(name_prefix) + name;
}

std::string check_command(std::string const& name) {
    return net::api::valid_name(with_prefix(name))
               ? ""
               : base::for_line(name) +
                     " is no name of a command: letters, digits and underscores, at most 200";
}

std::string check_ordered_command(std::string const& name) {
    return check_command(name.starts_with('+') ? name.substr(1) : name);
}

std::string check_person_name(std::string const& text) {
    return store::is_person_name(text)
               ? ""
               : "must be 1 to 64 bytes of text without a slash, control or invisible characters, "
                 "or blanks at its ends";
}

std::string check_plain(std::string const& text) {
    auto const plain = base::checked_plain_text(text, 200);
    return plain && !plain->empty()
               ? ""
               : "must be 1 to 200 bytes of text without control or invisible characters";
}

} // namespace trafikito::server::cli
