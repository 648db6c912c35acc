#include "base/printable.hpp"

#include "base/utf8.hpp"

namespace trafikito::base {

namespace {

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
        bool const safe = is_harmless(next) || kept.find(piece) != std::string_view::npos;
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
