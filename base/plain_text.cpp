#include "base/plain_text.hpp"

#include <algorithm>
#include <cstdint>

namespace trafikito::base {

namespace {

constexpr std::string_view white_space = " \t\r\n\v\f";

/// The length of the well-formed UTF-8 character (Unicode, table 3-7) at the start of `text` that
/// is no C1 control and reverses no direction of writing, else 0.
std::size_t harmless_character(std::string_view text) {
    auto const byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
    };
    auto const follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return byte(i) >= low && byte(i) <= high;
    };
    unsigned const first = byte(0);
    if (first >= 0x20 && first < 0x7F) {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return follows(1, first == 0xC2 ? 0xA0 : 0x80) ? 2 : 0;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        bool const well_formed =
            follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && follows(2);
        // U+2028 to U+202E and U+2066 to U+2069: line separators and bidirectional overrides.
        bool const steering = first == 0xE2 && ((byte(1) == 0x80 && follows(2, 0xA8, 0xAE)) ||
                                                (byte(1) == 0x81 && follows(2, 0xA6, 0xA9)));
        return well_formed && !steering ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        bool const well_formed =
            follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && follows(2) &&
            follows(3);
        return well_formed ? 4 : 0;
    }
    return 0;
}

} // namespace

bool equals_ignoring_case(std::string_view one, std::string_view other) {
    auto const lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::ranges::equal(one, other, {}, lower, lower);
}

std::string_view trim_white_space(std::string_view text) {
    auto const first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::string plain_text(std::string_view text, std::size_t max) {
    text = trim_white_space(text);
    std::string plain;
    while (!text.empty()) {
        std::size_t taken = 1;
        std::string_view shown = "?";
        if (white_space.find(text.front()) != std::string_view::npos) {
            taken = text.find_first_not_of(white_space);
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
