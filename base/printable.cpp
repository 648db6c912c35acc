#include "base/printable.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace trafikito::base {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

void append_escaped(std::string& text, std::string_view bytes) {
    for (char const c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        text += "\\x";
        text += digits[byte >> 4U];
        text += digits[byte & 0x0FU];
    }
}

void append_json_unit(std::string& text, std::uint32_t unit) {
    text += "\\u";
    for (unsigned const shift : {12U, 8U, 4U, 0U}) {
        text += digits[(unit >> shift) & 0x0FU];
    }
}

void append_json_escape(std::string& text, character const& one) {
    auto const code = one.size == 0 ? 0xFFFDU : one.code;
    if (code < 0x10000) {
        append_json_unit(text, code);
    } else { // RFC 8259: as UTF-16 has it
        append_json_unit(text, 0xD800U + ((code - 0x10000U) >> 10U));
        append_json_unit(text, 0xDC00U + (code & 0x3FFU));
    }
}

constexpr bool is_plain(char c) {
    return c >= ' ' && c <= '~';
}

/// Hands each character to `add`: what it is, and its bytes (one of them where none starts). Of
/// plain ones, which are harmless, as many as there are come together, as one of them.
template <class Add>
void each_character(std::string_view bytes, Add add) {
    while (!bytes.empty()) {
        auto const* const other = std::ranges::find_if_not(bytes, is_plain);
        if (auto const plain = static_cast<std::size_t>(other - bytes.begin()); plain != 0) {
            add(character{1, static_cast<unsigned char>(bytes.front())}, bytes.substr(0, plain));
            bytes.remove_prefix(plain);
            continue;
        }
        auto const next = first_character(bytes);
        auto const piece = bytes.substr(0, next.size == 0 ? 1 : next.size);
        add(next, piece);
        bytes.remove_prefix(piece.size());
    }
}

/// But for what is harmless and what `keeps` it.
template <class Keeps>
std::string escaped(std::string_view bytes, Keeps keeps) {
    std::string text;
    text.reserve(bytes.size());
    each_character(bytes, [&](character const& one, std::string_view piece) {
        if (is_harmless(one) || keeps(one)) {
            text += piece;
        } else {
            append_escaped(text, piece);
        }
    });
    return text;
}

std::string escaped(std::string_view bytes) {
    return escaped(bytes, [](character const&) { return false; });
}

} // namespace

std::string for_terminal(std::string_view bytes) {
    return escaped(bytes, [](character const& one) {
        return one.size == 1 ? one.code == '\n' || one.code == '\t' : is_joiner(one);
    });
}

std::string for_line(std::string_view bytes, std::size_t limit) {
    if (bytes.size() <= limit) {
        return escaped(bytes);
    }
    return escaped(bytes.substr(0, whole_characters(bytes, limit))) + "...";
}

std::string one_line(std::string_view text, std::size_t limit) {
    std::string line;
    line.reserve(std::min(text.size(), limit));
    each_character(text.substr(0, whole_characters(text, limit)),
                   [&](character const& one, std::string_view piece) {
                       if (is_harmless(one)) {
                           line += piece;
                       } else {
                           line.append(piece.size(), piece == "\n" || piece == "\t" ? ' ' : '?');
                       }
                   });
    return line;
}

std::string for_json(std::string_view serialized) {
    std::string text;
    text.reserve(serialized.size());
    each_character(serialized, [&](character const& one, std::string_view piece) {
        if (is_harmless(one) || piece == "\n") {
            text += piece;
        } else {
            append_json_escape(text, one);
        }
    });
    return text;
}

std::optional<std::string> checked_plain_text(std::string_view text, std::size_t limit) {
    if (text.size() > limit || !is_utf8(text) || escaped(text) != text) {
        return std::nullopt;
    }
    return std::string(text);
}

std::size_t whole_characters(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) {
        return text.size();
    }
    // Three bytes at most belong to a character that begins before the limit and ends behind it.
    for (std::size_t back = 1; back <= 3 && back <= limit; ++back) {
        if (auto const size = first_character(text.substr(limit - back)).size; size != 0) {
            return size > back ? limit - back : limit;
        }
    }
    return limit;
}

} // namespace trafikito::base
