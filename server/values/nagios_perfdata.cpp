#include "server/values/nagios_perfdata.hpp"

#include "base/ascii.hpp"
#include "server/values/number.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace trafikito::server::values {

namespace {

constexpr std::size_t max_label = 256;
constexpr std::array uoms{
    std::string_view(""),    std::string_view("s"),   std::string_view("ms"),
    std::string_view("us"),  std::string_view("ns"),  std::string_view("%"),
    std::string_view("B"),   std::string_view("KB"),  std::string_view("MB"),
    std::string_view("GB"),  std::string_view("TB"),  std::string_view("KiB"),
    std::string_view("MiB"), std::string_view("GiB"), std::string_view("TiB"),
    std::string_view("c"),
};

struct pair {
    std::string label;
    double value = 0;
    std::string_view uom;
    bool known = true; ///< false: `U`, the plugin could not say
};

/// A quote stands as two in a label that is quoted.
std::optional<std::string> label_at(std::string_view& text) {
    std::string label;
    if (!text.starts_with('\'')) {
        auto const end = text.find_first_of("= \t'");
        if (end == std::string_view::npos || text[end] != '=') {
            return std::nullopt;
        }
        label = text.substr(0, std::min(end, max_label + 1));
        text.remove_prefix(end);
    } else {
        for (text.remove_prefix(1);; text.remove_prefix(1)) {
            if (text.empty() || label.size() > max_label) {
                return std::nullopt;
            }
            if (text[0] == '\'') {
                text.remove_prefix(1);
                if (!text.starts_with('\'')) {
                    break;
                }
            }
            label += text[0];
        }
    }
    bool const is_right = !label.empty() && label.size() <= max_label && text.starts_with('=');
    return is_right ? std::optional(std::move(label)) : std::nullopt;
}

/// Takes it from the front of the text, which begins with one.
std::optional<pair> pair_at(std::string_view& text) {
    auto label = label_at(text);
    if (!label) {
        return std::nullopt;
    }
    text.remove_prefix(1);
    auto const end = std::min(text.find_first_of(" \t\r\n"), text.size());
    auto const value = text.substr(0, std::min(text.find(';'), end));
    auto const bounds = text.substr(value.size(), end - value.size());
    text.remove_prefix(end);
    if (bounds.find_first_not_of("0123456789.,:;@~eE+-UUinf") != std::string_view::npos &&
        bounds.find('=') != std::string_view::npos) {
        return std::nullopt;
    }
    if (value == "U") {
        return pair{std::move(*label), 0, {}, false};
    }
    auto const number = number_at_begin(value);
    if (!number) {
        return std::nullopt;
    }
    auto const* const uom = std::ranges::find(uoms, value.substr(number->size));
    if (uom == uoms.end()) {
        return std::nullopt;
    }
    return pair{std::move(*label), number->value, *uom};
}

/// A disk, an interface with a dot, a sentence: no name of a value.
bool is_name(std::string_view label) {
    return base::is_letter(label[0]) && std::ranges::all_of(label, [](char c) {
               return base::is_word(c) || c == '-' || c == ' ';
           });
}

found_value as_found(pair const& one, std::string_view otherwise) {
    auto const kept_in = unit_of(one.uom == "c" ? std::string_view() : one.uom);
    found_value found;
    found.unit = kept_in.name;
    found.value = one.value * kept_in.factor;
    found.counter = one.uom == "c";
    if (is_name(one.label)) {
        found.name = name_of(one.label);
    } else {
        found.name = otherwise;
        found.instance = instance_of(one.label);
    }
    return found;
}

/// False when something in the text is none: then nothing was added.
bool add_all(std::string_view text, std::string_view otherwise, std::size_t most,
             std::vector<found_value>& to) {
    auto const before = to.size();
    for (text = base::trim_white_space(text); !text.empty() && to.size() < most;
         text = base::trim_white_space(text)) {
        auto const one = pair_at(text);
        if (!one) {
            to.resize(before);
            return false;
        }
        if (one->known) {
            to.push_back(as_found(*one, otherwise));
        }
    }
    return true;
}

} // namespace

// Later lines: text up to a `|`, then perfdata to the end.
std::vector<found_value> nagios_perfdata(std::string_view output, std::string_view otherwise,
                                         std::size_t most) {
    std::vector<found_value> all;
    output = output.substr(0, max_perfdata);
    auto const bar = output.find('|');
    if (bar == std::string_view::npos) {
        return all;
    }
    auto const end = std::min(output.find('\n'), output.size());
    if (bar > end || !add_all(output.substr(bar + 1, end - bar - 1), otherwise, most, all)) {
        return all;
    }
    auto const rest = output.substr(end);
    if (auto const second = rest.find('|'); second != std::string_view::npos) {
        add_all(rest.substr(second + 1), otherwise, most, all);
    }
    return all;
}

} // namespace trafikito::server::values
