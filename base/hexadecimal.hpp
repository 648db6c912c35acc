#pragma once
// Bytes as two lower-case digits each, for names and files that hold a digest.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace trafikito::base {

inline std::string to_hexadecimal(std::span<unsigned char const> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (auto const byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 0x0FU];
    }
    return text;
}

} // namespace trafikito::base
