#include "base/utf8.hpp"

namespace trafikito::base {

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

bool is_harmless(character const& one) {
    auto const between = [&](std::uint32_t first, std::uint32_t last) {
        return one.code >= first && one.code <= last;
    };
    bool const control = one.code < 0x20 || between(0x7F, 0x9F);
    bool const mark = one.code == 0x061C || between(0x200E, 0x200F);
    bool const steering =
        mark || between(0x2028, 0x202E) || between(0x2066, 0x206F) || between(0xFFF9, 0xFFFB);
    return one.size != 0 && !control && !steering;
}

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

} // namespace trafikito::base
