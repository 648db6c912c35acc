#include "config/key.hpp"

#include "base/ascii.hpp"
#include "config/nearest.hpp"
#include "config/value.hpp"

#include <array>
#include <vector>

namespace trafikito::config {
namespace {

constexpr std::int64_t second = 1000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;
constexpr std::int64_t gib = 1024 * mib;
constexpr std::int64_t tib = 1024 * gib;

constexpr bool fixed = false;
constexpr bool tunable = true;

/// A key without a range.
constexpr key plain(key_id id, std::string_view name, value_type type, std::string_view value,
                    std::string_view words, bool may_change, std::string_view description) {
    return {id, name, "", type, 0, 0, "", value, words, may_change, description};
}

/// A key with a range.
constexpr key ranged(key_id id, std::string_view name, value_type type, std::int64_t minimum,
                     std::int64_t maximum, std::string_view value, std::string_view words,
                     bool may_change, std::string_view description) {
    return {id, name, "", type, minimum, maximum, "", value, words, may_change, description};
}

constexpr key choice(key_id id, std::string_view name, std::string_view choices,
                     std::string_view value, std::string_view words, bool may_change,
                     std::string_view description) {
    return {id, name, "", value_type::choice, 0, 0, choices, value, words, may_change, description};
}

constexpr key also_called(key of, std::string_view alias) {
    of.alias = alias;
    return of;
}

using id = key_id;
using type = value_type;

// clang-format off
constexpr std::array table{
    plain(id::server_id, "server_id", type::token, "", "", fixed, "Names this server to the API"),
    plain(id::api_key, "api_key", type::token, "", "", fixed, "Secret of this server"),
    plain(id::api_key_file, "api_key_file", type::path, "", "", fixed,
          "File that holds the API key instead (Docker secret, systemd credential)"),
    plain(id::workspace_id, "workspace_id", type::text, "", "", fixed,
          "Written by installers; the agent does not use it"),
    plain(id::url_get_config, "url_get_config", type::url, "", "", fixed, "Address to ask for an order (API v1)"),
    plain(id::url_output, "url_output", type::url, "", "", fixed, "Address to send reports to (API v1)"),
    plain(id::api_url, "api_url", type::url_list,
          "https://ap-southeast-1.api.trafikito.com,https://eu-west-1.api.trafikito.com,"
          "https://us-east-1.api.trafikito.com",
          "the three edges of trafikito.com", fixed, "Base addresses of one API (v2)"),
    choice(id::api_version, "api_version", "1 2", "", "1 if both v1 addresses are set and api_url is not, else 2",
           fixed, "Version of the API to speak"),
    plain(id::base_dir, "base_dir", type::path, "",
          "the folder above the configuration file's folder `etc`, or the file's own folder where it is not "
          "called so", fixed,
          "Folder of the installation; other paths start there"),
    plain(id::available_commands, "available_commands", type::path, "available_commands.sh", "", fixed,
          "The local list of commands"),
    plain(id::var_dir, "var_dir", type::path, "var",
          "var; below /etc/trafikito /var/lib/trafikito, and for /etc/trafikito/NAME "
          "/var/lib/trafikito.NAME", fixed, "Folder of what the agent writes"),
    plain(id::tmp_file, "tmp_file", type::path, "", "trafikito.tmp in var_dir", fixed,
          "Where a report is gathered"),
    plain(id::log_file, "log_file", type::path, "", "the journal under systemd, else stderr", fixed,
          "File to log to; - is stdout"),
    ranged(id::random_number, "random_number", type::duration, 0, hour, "", "random below interval", fixed,
           "Wait before the first cycle"),
    also_called(plain(id::run_as, "run_as", type::user, "", "the user who started it", fixed,
                      "User to become when started as root"), "runas"),
    plain(id::strict_modes, "strict_modes", type::yes_no, "yes", "", fixed,
          "Whether commands stay out while others than root and the agent's user could change what runs"),
    ranged(id::interval, "interval", type::duration, second, day, "60s", "", tunable,
           "How often a cycle starts"),
    ranged(id::command_timeout, "command_timeout", type::duration, second / 10, day, "30s", "", tunable,
           "Longest run of one command"),
    ranged(id::cycle_timeout, "cycle_timeout", type::duration, second / 10, day, "50s", "", tunable,
           "Longest run of all commands of a cycle"),
    ranged(id::kill_grace, "kill_grace", type::duration, 0, minute, "2s", "", tunable,
           "Time between TERM and KILL when a command is stopped"),
    plain(id::command_env, "command_env", type::environment, "", "", tunable,
          "What commands find in their environment besides PATH, BASEDIR, HOME, USER, LANG and LC_ALL"),
    ranged(id::max_parallel, "max_parallel", type::count, 1, 256, "8", "", tunable, "Commands that run at once"),
    ranged(id::max_output, "max_output", type::size, kib, 256 * mib, "1MiB", "", tunable,
           "Output kept of one command"),
    ranged(id::max_report, "max_report", type::size, 16 * kib, gib, "8MiB", "", tunable,
           "Largest report"),
    ranged(id::request_timeout, "request_timeout", type::duration, second / 10, 10 * minute, "30s", "", tunable,
           "Longest duration of one request"),
    ranged(id::retries, "retries", type::count, 0, 20, "3", "", tunable,
           "Tries of a request after the first, within the cycle"),
    plain(id::ca_file, "ca_file", type::path, "", "the system's trust", tunable,
          "Certificates (PEM) that may vouch for the API, each an anchor"),
    plain(id::client_cert, "client_cert", type::path, "", "", tunable,
          "Certificate (PEM) that the agent shows"),
    plain(id::client_key, "client_key", type::path, "", "", tunable, "Its private key (PEM)"),
    plain(id::pin, "pin", type::pins, "", "", tunable,
          "Public keys (SPKI) of which the API's chain must have one, besides being trusted"),
    plain(id::proxy, "proxy", type::proxy, "", "https_proxy of the environment", tunable,
          "HTTP proxy to reach the API through"),
    plain(id::no_proxy, "no_proxy", type::text, "", "no_proxy of the environment", tunable,
          "Names, .domains and networks that are reached without the proxy"),
    ranged(id::spool_max_size, "spool_max_size", type::size, 0, tib, "64MiB", "", tunable,
           "Room on disk for reports that could not be delivered"),
    ranged(id::spool_max_age, "spool_max_age", type::duration, minute, 365 * day, "24h", "", tunable,
           "Age up to which such a report is still sent"),
    plain(id::allow_widgets, "allow_widgets", type::yes_no, "no", "", tunable,
          "Whether the API may add command lines to the local list: they run on this machine"),
    choice(id::log_level, "log_level", "debug info warning error", "info", "", tunable,
           "Least important messages to log"),
    choice(id::log_format, "log_format", "text json", "text", "", tunable, "Form of the log"),
    plain(id::metrics_file, "metrics_file", type::path, "", "", tunable,
          "File to write OpenMetrics text to after each cycle, for a textfile collector: NAME.prom"),
};
// clang-format on

constexpr bool in_order_of_id() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (static_cast<std::size_t>(table[i].id) != i) {
            return false;
        }
    }
    return table.size() == static_cast<std::size_t>(key_id::metrics_file) + 1;
}
static_assert(in_order_of_id(), "the table has every key_id, in its order");

std::string or_list(std::string_view words) {
    std::string result(words);
    for (auto at = result.find(' '); at != std::string::npos; at = result.find(' ', at + 1)) {
        bool const last = result.find(' ', at + 1) == std::string::npos;
        result.replace(at, 1, last ? " or " : ", ");
        at += last ? 3 : 1;
    }
    return result;
}

} // namespace

bool key::is_secret() const {
    return id == key_id::api_key || type == value_type::proxy || type == value_type::environment;
}

std::span<key const> keys() {
    return table;
}

key const& describe(key_id id) {
    return table.at(static_cast<std::size_t>(id));
}

key const* find_key(std::string_view name) {
    for (auto const& one : table) {
        if (base::equals_ignoring_case(one.name, name) ||
            (!one.alias.empty() && base::equals_ignoring_case(one.alias, name))) {
            return &one;
        }
    }
    return nullptr;
}

std::optional<std::string_view> nearest_key(std::string_view name) {
    std::vector<std::string_view> names;
    for (auto const& one : table) {
        names.push_back(one.name);
        if (!one.alias.empty()) {
            names.push_back(one.alias);
        }
    }
    return nearest(name, names);
}

std::string describe_values(key const& of) {
    auto const range = [&](auto format) {
        return " from " + format(of.minimum) + " to " + format(of.maximum);
    };
    switch (of.type) {
    case value_type::text:
        return "text";
    case value_type::user:
        return "the name or number of a user";
    case value_type::token:
        return "1 to 256 printable ASCII characters without blanks";
    case value_type::path:
        return "a path; a relative one starts at base_dir";
    case value_type::url:
        return "an https:// address (http:// only towards this machine)";
    case value_type::url_list:
        return "https:// addresses separated by commas (http:// only towards this machine)";
    case value_type::proxy:
        return "http://[user:password@]host:port or https://..., or none";
    case value_type::pins:
        return "sha256/BASE64 of public keys, separated by commas";
    case value_type::environment:
        return "NAME=value words separated by blanks";
    case value_type::duration:
        return "a duration" + range([](std::int64_t value) {
                   return format_duration(std::chrono::milliseconds(value));
               });
    case value_type::size:
        return "a size" + range([](std::int64_t value) {
                   return format_size(static_cast<std::uint64_t>(value));
               });
    case value_type::count:
        return "a number" + range([](std::int64_t value) { return std::to_string(value); });
    case value_type::yes_no:
        return "yes or no";
    case value_type::choice:
        return or_list(of.choices);
    }
    return {};
}

} // namespace trafikito::config
