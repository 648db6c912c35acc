#include "config/diagnostic.hpp"

#include "base/ascii.hpp"

#include <algorithm>

namespace trafikito::config {

namespace {

std::string place_of(diagnostic const& one) {
    std::string result = one.file;
    if (one.line != 0) {
        result += ':' + std::to_string(one.line);
        if (one.column != 0) {
            result += ':' + std::to_string(one.column);
        }
    }
    return result;
}

} // namespace

std::string diagnostic::in_one_line() const {
    auto line_of_log = place_of(*this) + ": " + what;
    if (!hint.empty()) {
        line_of_log += ". " + hint.substr(0, hint.size() - (hint.ends_with('.') ? 1 : 0));
    }
    return line_of_log;
}

std::string diagnostic::format() const {
    auto result = place_of(*this);
    result += level == severity::error ? ": error: " : ": warning: ";
    result += what;
    if (!hint.empty()) {
        result += "\n    " + hint;
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
    constexpr std::string_view hex = "0123456789abcdef";
    std::string result = "\"";
    for (char const c : text.substr(0, longest)) {
        if (c == ' ' || base::is_graphic(c)) {
            result += c;
        } else {
            auto const byte = static_cast<unsigned char>(c);
            result += {'\\', 'x', hex[byte >> 4U], hex[byte & 0x0fU]};
        }
    }
    result += text.size() > longest ? "…\"" : "\"";
    return result;
}

} // namespace trafikito::config
