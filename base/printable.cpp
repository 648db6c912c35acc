#include "base/printable.hpp"

#include <cstdint>

namespace trafikito::base {

namespace {

struct character {
    std::size_t size = 0; ///< bytes; 0 when no UTF-8 starts here
    std::uint32_t code = 0;
};

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
character first_character(std::string_view text) {
    auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    auto const lead = byte(0);
    if (lead < 0x80) {
        return {1, lead};
    }
    std::size_t const size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) {
        return {};
    }
    std::uint32_t code = lead & (0xFFU >> (size + 1));
    for (std::size_t at = 1; at < size; ++at) {
        if ((byte(at) & 0xC0U) != 0x80U) {
            return {};
        }
        code = (code << 6U) | (byte(at) & 0x3FU);
    }
    bool const overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
    bool const surrogate = code >= 0xD800 && code <= 0xDFFF;
    return overlong || surrogate || code > 0x10FFFF ? character{} : character{size, code};
}

bool is_control(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

void append_escaped(std::string& text, std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    for (char const c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        text += "\\x";
        text += digits[byte >> 4U];
        text += digits[byte & 0x0FU];
    }
}

std::string escaped(std::string_view bytes, std::string_view kept) {
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        auto const next = first_character(bytes);
        auto const piece = bytes.substr(0, next.size == 0 ? 1 : next.size);
        bool const safe = next.size != 0 &&
                          (!is_control(next.code) || kept.find(piece) != std::string_view::npos);
        if (safe) {
            text += piece;
        } else {
            append_escaped(text, piece);
        }
        bytes.remove_prefix(piece.size());
    }
    return text;
}

} // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        auto const next = first_character(text);
        if (next.size == 0) {
            return false;
        }
        text.remove_prefix(next.size);
    }
    return true;
}

std::string for_terminal(std::string_view bytes) {
    return escaped(bytes, "\n\t");
}

std::string for_line(std::string_view bytes, std::size_t limit) {
    if (bytes.size() <= limit) {
        return escaped(bytes, "");
    }
    return escaped(bytes.substr(0, limit), "") + "...";
}

std::optional<std::string> checked_plain_text(std::string_view text, std::size_t limit) {
    if (text.size() > limit || !is_utf8(text) || escaped(text, "") != text) {
        return std::nullopt;
    }
    return std::string(text);
}

} // namespace trafikito::base
