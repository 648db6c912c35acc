#include "base/plain_text.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"

#include <algorithm>

namespace trafikito::base {

namespace {

/// The length of the character at the start of `text`; 0 where none starts that may be shown.
std::size_t harmless_character(std::string_view text) {
    auto const next = first_character(text);
    return is_harmless(next) ? next.size : 0;
}

} // namespace

std::string plain_text(std::string_view text, std::size_t max) {
    text = trim_white_space(text);
    std::string plain;
    while (!text.empty()) {
        std::size_t taken = 1;
        std::string_view shown = "?";
        if (is_space(text.front())) {
            taken =
                static_cast<std::size_t>(std::ranges::find_if_not(text, is_space) - text.begin());
            shown = " ";
        } else if (auto const length = harmless_character(text); length != 0) {
            taken = length;
            shown = text.substr(0, length);
        }
        if (plain.size() + shown.size() > max) {
            return plain + "…";
        }
        plain += shown;
        text.remove_prefix(taken);
    }
    return plain;
}

} // namespace trafikito::base
