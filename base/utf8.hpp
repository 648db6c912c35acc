#pragma once
// UTF-8, character by character (RFC 3629: no overlong forms, no surrogates, nothing above
// U+10FFFF). Pure text.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace trafikito::base {

struct character {
    std::size_t size = 0; ///< bytes; 0 when no UTF-8 starts here
    std::uint32_t code = 0;
};

/// `text` is not empty.
character first_character(std::string_view text);

/// Whether a terminal or a log only shows it: no control character, no line separator, nothing that
/// reverses the direction of writing, nothing that shows nothing (Unicode's default ignorable code
/// points), by which two names could look the same.
bool is_harmless(character const& one);

/// Whether it is one of these last that joins or varies its neighbours, as in emoji and Persian:
/// U+200C, U+200D, U+FE00 to U+FE0F.
bool is_joiner(character const& one);

bool is_utf8(std::string_view text);

} // namespace trafikito::base
