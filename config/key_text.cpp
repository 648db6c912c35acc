// How the table of keys reads to people: --help and the man page.
#include "config/key.hpp"

#include "base/ascii.hpp"

#include <algorithm>

namespace trafikito::config {
namespace {

constexpr std::size_t width = 100;
constexpr std::size_t indent = 22;

std::string default_of(key const& one) {
    return std::string(one.default_words.empty() ? one.default_value : one.default_words);
}

/// `How often a cycle starts: a duration from 1s to 24h. Default: 60s.`
std::string sentence(key const& one) {
    auto result = std::string(one.description) + ": " + describe_values(one) + '.';
    if (auto const value = default_of(one); !value.empty()) {
        result += " Default: " + value + '.';
    }
    if (!one.alias.empty()) {
        result += " Also called " + std::string(one.alias) + '.';
    }
    return result;
}

/// Appends words, wrapped, to a text whose last line is filled up to `column`.
void append_wrapped(std::string& to, std::string_view words, std::size_t column) {
    bool first = true;
    while (!words.empty()) {
        auto const end = std::min(words.find(' '), words.size());
        auto const word = words.substr(0, end);
        words.remove_prefix(std::min(end + 1, words.size()));
        if (!first && column + 1 + word.size() > width) {
            to += '\n' + std::string(indent, ' ');
            column = indent;
        } else if (!first) {
            to += ' ';
            ++column;
        }
        to += word;
        column += word.size();
        first = false;
    }
    to += '\n';
}

void append_section(std::string& to, bool tunable) {
    for (auto const& one : keys()) {
        if (one.tunable == tunable) {
            to += "  " + std::string(one.name);
            to.append(indent - 2 - one.name.size(), ' ');
            append_wrapped(to, sentence(one), indent);
        }
    }
}

std::string roff(std::string_view text) {
    std::string result;
    for (char const c : text) {
        if (c == '\\') {
            result += "\\e";
        } else if (c == '-') {
            result += "\\-";
        } else if (c == '`') {
            result += "\\(ga";
        } else {
            result += c;
        }
    }
    // A dot or an apostrophe at the start of a line would be a request.
    return result.starts_with('.') || result.starts_with('\'') ? "\\&" + result : result;
}

} // namespace

std::string describe_keys_text() {
    std::string result = "Keys of trafikito.cfg, read at start:\n";
    append_section(result, false);
    result += "\nTunables, in trafikito.cfg or (read again when it changed) in trafikito.app:\n";
    append_section(result, true);
    return result;
}

std::string describe_keys_man() {
    std::string result;
    for (auto const& one : keys()) {
        result += ".TP\n.B " + roff(one.name) + '\n' + roff(sentence(one));
        if (one.tunable) {
            result += "\nMay stand in\n.I trafikito.app\ntoo.";
        }
        result += '\n';
    }
    return result;
}

} // namespace trafikito::config
