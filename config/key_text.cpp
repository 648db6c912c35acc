// How the table of keys reads to people: --help and the man page.
#include "config/key.hpp"

#include "config/help_page.hpp"
#include "config/manual_page.hpp"

namespace trafikito::config {
namespace {

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

void append_section(std::string& to, bool tunable) {
    for (auto const& one : keys()) {
        if (one.tunable == tunable) {
            to += "  " + std::string(one.name);
            to.append(indent - 2 - one.name.size(), ' ');
            to += wrapped(sentence(one), indent, indent);
        }
    }
}

} // namespace

std::string describe_keys_text() {
    std::string result = "Keys of trafikito.cfg, read at start:\n";
    append_section(result, false);
    result += "\nTunables, in trafikito.cfg or (read again when it changed) in trafikito.app:\n";
    append_section(result, true);
    return result;
}

std::string describe_keys_man(bool tunable) {
    std::string result;
    for (auto const& one : keys()) {
        if (one.tunable == tunable) {
            result += ".TP\n.B " + roff(one.name) + '\n' + roff(sentence(one)) + '\n';
        }
    }
    return result;
}

} // namespace trafikito::config
