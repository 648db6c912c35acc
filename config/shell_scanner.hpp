#pragma once
// The smallest pieces of a shell's text, for those who read it here without a shell. Pure text.

#include "base/ascii.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace trafikito::config {

/// What ends a word without being a blank.
constexpr bool is_shell_operator(char c) {
    return std::string_view(";&|()<>\n").find(c) != std::string_view::npos;
}

/// How long the name is of the parameter that `text`, behind a `$`, begins with; 0 when it is none.
constexpr std::size_t size_of_parameter(std::string_view text) {
    constexpr std::string_view special = "*@#?!-$0123456789";
    if (!text.empty() && special.find(text.front()) != std::string_view::npos) {
        return 1;
    }
    auto const end = std::ranges::find_if_not(text, base::is_word);
    return static_cast<std::size_t>(end - text.begin());
}

/// Behind the `}` that ends the parameter whose name begins at `begin`; npos without one.
constexpr std::size_t end_of_parameter(std::string_view text, std::size_t begin) {
    std::size_t open = 1;
    for (auto at = begin; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;
        } else if (text[at] == '{' && text[at - 1] == '$') {
            ++open;
        } else if (text[at] == '}' && --open == 0) {
            return at + 1;
        }
    }
    return std::string_view::npos;
}

} // namespace trafikito::config
