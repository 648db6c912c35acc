#include "config/diagnostic.hpp"

#include "base/printable.hpp"

#include <algorithm>

namespace trafikito::config {

namespace {

/// A path, or words that name one, in a message that is one line whatever that path holds.
std::string shown(std::string_view text) {
    constexpr std::size_t longest = 4096;
    return base::for_line(text, longest);
}

std::string place_of(diagnostic const& one) {
    auto result = shown(one.file);
    if (one.line != 0) {
        result += ':' + std::to_string(one.line);
        if (one.column != 0) {
            result += ':' + std::to_string(one.column);
        }
    }
    return result;
}

/// `   12 | the line` and, where a column is known, a caret below it.
std::string drawn(diagnostic const& one) {
    constexpr std::size_t gutter = 5;
    if (one.source.text.empty()) {
        return {};
    }
    auto const number = std::to_string(one.line);
    auto const width = std::max(gutter, number.size());
    auto result = '\n' + std::string(width - number.size(), ' ') + number + " | " + one.source.text;
    if (one.source.caret != 0) {
        result +=
            '\n' + std::string(width, ' ') + " | " + std::string(one.source.caret - 1, ' ') + '^';
    }
    return result;
}

} // namespace

std::string diagnostic::in_one_line() const {
    auto line_of_log = place_of(*this) + ": " + shown(what);
    if (!hint.empty()) {
        line_of_log += ". " + shown(hint.substr(0, hint.size() - (hint.ends_with('.') ? 1 : 0)));
    }
    return line_of_log;
}

std::string diagnostic::format() const {
    auto result = place_of(*this);
    result += level == severity::error ? ": error: " : ": warning: ";
    result += shown(what);
    result += drawn(*this);
    if (!hint.empty()) {
        result += "\n    " + shown(hint);
    }
    return result;
}

bool has_errors(std::vector<diagnostic> const& diagnostics) {
    return std::ranges::any_of(diagnostics, [](diagnostic const& one) {
        return one.level == diagnostic::severity::error;
    });
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 60;
    auto const end = base::whole_characters(text, longest);
    return '"' + base::for_line(text.substr(0, end), longest) + (end < text.size() ? "…\"" : "\"");
}

} // namespace trafikito::config
