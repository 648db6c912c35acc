#include "net/api/order.hpp"

#include "base/ascii.hpp"
#include "base/plain_text.hpp"
#include "net/api/answer.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_set>

namespace trafikito::net::api {

namespace {

constexpr std::string_view prefix = "trafikito_";
constexpr std::string_view white_space = " \t\r\n\v\f";
constexpr std::size_t max_name = 200;
constexpr std::size_t max_names = 4096;
constexpr std::size_t max_refused = 64;
constexpr std::size_t max_token = 512;
constexpr std::size_t max_widgets = 64;
constexpr std::size_t max_word = 64; ///< of a version or a widget's id
constexpr std::size_t max_reason = 500;
constexpr std::chrono::seconds max_delay = std::chrono::hours{24};

not_an_order no(std::string what) {
    return {std::move(what)};
}

bool printable(std::string_view word) {
    return std::ranges::all_of(word, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool valid_token(std::string_view token) {
    return !token.empty() && token.size() <= max_token && printable(token);
}

/// The answers that are none in either version, told apart for the user.
std::optional<order_answer> parse_no_order(std::string_view answer) {
    if (answer.empty()) {
        return no("the answer is empty; check server_id and api_key in the configuration, or "
                  "install again");
    }
    if (auto error = parse_api_error(answer)) {
        return std::move(*error);
    }
    if (answer.starts_with('{')) {
        return no("the answer is JSON without an error; is the address that of a Trafikito API?");
    }
    if (is_page(answer)) {
        return no("the answer is a web page; is the address that of a Trafikito API, or does a "
                  "firewall, a proxy or a captive portal answer in its place?");
    }
    return std::nullopt;
}

template <class Each>
void for_each_field(std::string_view csv, Each each) {
    while (!csv.empty()) {
        auto const field = csv.substr(0, csv.find(','));
        csv.remove_prefix(std::min(field.size() + 1, csv.size()));
        if (auto const word = base::trim_white_space(field); !word.empty()) {
            each(word);
        }
    }
}

/// False when there are too many. A name that occurs twice is kept where it occurs first.
bool add_names(order& value, std::string_view csv, bool prefix_optional) {
    std::unordered_set<std::string> seen;
    std::size_t count = 0;
    std::size_t refused_count = 0;
    for_each_field(csv, [&](std::string_view word) {
        if (++count > max_names) {
            return;
        }
        std::string name(word);
        if (prefix_optional && !word.starts_with(prefix)) {
            name.insert(0, prefix);
        }
        bool const refused = !valid_name(name);
        if (refused) {
            name = refused_name(word);
        }
        if ((!refused || refused_count < max_refused) && seen.insert(name).second) {
            value.names.push_back(std::move(name));
            refused_count += refused ? 1 : 0;
        }
    });
    return count <= max_names;
}

std::string_view take_word(std::string_view& text) {
    auto const word = text.substr(0, text.find_first_of(white_space));
    text = base::trim_white_space(text.substr(word.size()));
    return word;
}

/// Digits alone; a delay beyond a day counts as a day.
std::optional<std::chrono::seconds> parse_delay(std::string_view word) {
    std::chrono::seconds delay{0};
    for (char const c : word) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        delay = std::min(delay * 10 + std::chrono::seconds{c - '0'}, max_delay);
    }
    return delay;
}

std::string join(std::vector<std::string> const& words) {
    std::string csv;
    for (auto const& word : words) {
        csv += csv.empty() ? "" : ",";
        csv += word;
    }
    return csv;
}

/// A name as v2 writes it: without its prefix, unless what is left would be read as a whole name.
std::string short_name(std::string const& name) {
    auto rest = name.substr(std::min(prefix.size(), name.size()));
    return rest.starts_with(prefix) ? name : rest;
}

std::string join_short(std::vector<std::string> names) {
    std::ranges::transform(names, names.begin(), short_name);
    return join(names);
}

order_answer parse_fields_v2(std::string_view answer) {
    order value;
    auto const token = take_word(answer);
    auto const names = take_word(answer);
    auto const version = take_word(answer);
    auto const delay_word = take_word(answer);
    auto const widgets = take_word(answer);
    if (delay_word.empty()) {
        return no("the answer has fewer than the four fields of an order");
    }
    auto const delay = parse_delay(delay_word);
    if (!delay) {
        return no("the order's delay is not a number of seconds");
    }
    if (!valid_token(token)) {
        return no("the order's call token has characters that no token has, or is too long");
    }
    value.token = token;
    value.delay = *delay;
    value.version = base::plain_text(version, max_word);
    if (names != "-" && !add_names(value, names, true)) {
        return no("the order names more than 4096 commands");
    }
    if (widgets != "-") {
        for_each_field(widgets, [&](std::string_view id) {
            if (value.widgets.size() < max_widgets && id != "-" && id.size() <= max_word &&
                printable(id)) {
                value.widgets.emplace_back(id);
            }
        });
    }
    return value;
}

} // namespace

bool valid_name(std::string_view name) {
    return name.size() > prefix.size() && name.size() <= max_name && name.starts_with(prefix) &&
           std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_';
           });
}

std::string refused_name(std::string_view word) {
    auto text = base::plain_text(word, max_name);
    return valid_name(text) ? text + '?' : text;
}

order_answer parse_order_v1(std::string_view answer) {
    answer = base::trim_white_space(answer);
    if (auto other = parse_no_order(answer)) {
        return std::move(*other);
    }
    order value;
    auto const comma = std::min(answer.find(','), answer.size());
    auto const token = base::trim_white_space(answer.substr(0, comma));
    if (!valid_token(token)) {
        return no("the answer does not begin with a call token");
    }
    value.token = token;
    if (!add_names(value, answer.substr(comma), false)) {
        return no("the order names more than 4096 commands");
    }
    return value;
}

order_answer parse_order_v2(std::string_view answer) {
    answer = base::trim_white_space(answer);
    if (answer == "=") {
        return unchanged{};
    }
    if (auto rest = answer; take_word(rest) == "STOP") {
        return stop{base::plain_text(rest, max_reason)};
    }
    if (auto other = parse_no_order(answer)) {
        return std::move(*other);
    }
    return parse_fields_v2(answer);
}

std::string format_order_v1(order const& value) {
    return value.names.empty() ? value.token : value.token + ',' + join(value.names);
}

std::string format_order_v2(order const& value) {
    auto text = value.token + ' ' + (value.names.empty() ? "-" : join_short(value.names)) + ' ' +
                (value.version.empty() ? "55" : value.version) + ' ' +
                std::to_string(value.delay.count());
    if (!value.widgets.empty()) {
        text += ' ' + join(value.widgets);
    }
    return text;
}

} // namespace trafikito::net::api
