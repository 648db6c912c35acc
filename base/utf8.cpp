#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <utility>

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

namespace {

using range = std::pair<std::uint32_t, std::uint32_t>;

constexpr std::array obeyed{
    range{0x00, 0x1F},     range{0x7F, 0x9F},     range{0x2028, 0x202E},
    range{0x2066, 0x206F}, range{0xFFF9, 0xFFFB},
};
// Default_Ignorable_Code_Point of Unicode 15; marks of direction are among them.
constexpr std::array invisible{
    range{0xAD, 0xAD},       range{0x034F, 0x034F},   range{0x061C, 0x061C},
    range{0x115F, 0x1160},   range{0x17B4, 0x17B5},   range{0x180B, 0x180F},
    range{0x200B, 0x200F},   range{0x202A, 0x202E},   range{0x2060, 0x206F},
    range{0x3164, 0x3164},   range{0xFE00, 0xFE0F},   range{0xFEFF, 0xFEFF},
    range{0xFFA0, 0xFFA0},   range{0xFFF0, 0xFFF8},   range{0x1BCA0, 0x1BCA3},
    range{0x1D173, 0x1D17A}, range{0xE0000, 0xE0FFF},
};

template <std::size_t Size>
bool stands_in(std::array<range, Size> const& ranges, std::uint32_t code) {
    return std::ranges::any_of(
        ranges, [&](range const& one) { return code >= one.first && code <= one.second; });
}

} // namespace

bool is_harmless(character const& one) {
    return one.size != 0 && !stands_in(obeyed, one.code) &&
           (one.code < 0x80 || !stands_in(invisible, one.code));
}

bool is_joiner(character const& one) {
    bool const variation = one.code >= 0xFE00 && one.code <= 0xFE0F;
    return one.code == 0x200C || one.code == 0x200D || variation;
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
