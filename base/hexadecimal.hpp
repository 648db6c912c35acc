#pragma once
// Bytes as two lower-case digits each, and what is written in such digits.

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace trafikito::base {

inline constexpr std::string_view hexadecimal_digits = "0123456789abcdef";

inline std::string to_hexadecimal(std::span<unsigned char const> bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (auto const byte : bytes) {
        text += hexadecimal_digits[byte >> 4U];
        text += hexadecimal_digits[byte & 0x0FU];
    }
    return text;
}

inline std::string to_hexadecimal(std::string_view bytes) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are bytes
    return to_hexadecimal({reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size()});
}

/// A digit of to_hexadecimal(): no capital.
constexpr bool is_hexadecimal(char c) {
    return hexadecimal_digits.find(c) != std::string_view::npos;
}

/// `1b4e28ba-2fa1-11d2-883f-0016d3cca427`, in lower case.
constexpr bool is_uuid(std::string_view text) {
    constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return std::ranges::equal(text, form, [](char c, char of_form) {
        return of_form == '-' ? c == '-' : is_hexadecimal(c);
    });
}

} // namespace trafikito::base
