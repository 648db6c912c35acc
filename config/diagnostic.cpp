#include "config/diagnostic.hpp"

#include "config/text.hpp"

#include <algorithm>

namespace trafikito::config {

std::string diagnostic::format() const {
    std::string result = file;
    if (line != 0) {
        result += ':' + std::to_string(line);
        if (column != 0) {
            result += ':' + std::to_string(column);
        }
    }
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
        if (c == ' ' || is_graphic(c)) {
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
