#include "base/shell_quoting.hpp"

#include "base/ascii.hpp"

#include <algorithm>

namespace trafikito::base {

std::string shell_quoted(std::string_view text) {
    constexpr std::string_view harmless = "-_./:=@%+,";
    bool const plain = !text.empty() && std::ranges::all_of(text, [&](char c) {
        return is_word(c) || harmless.find(c) != std::string_view::npos;
    });
    if (plain) {
        return std::string(text);
    }
    std::string word = "'";
    for (char const c : text) {
        word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return word + "'";
}

} // namespace trafikito::base
