#pragma once
// What is wrong with a value that no person sees by looking at it: a no-break space, a smart quote,
// UTF-16, the quotes around a key, a variable that nobody replaces. And which texts look like an
// API key, in whatever place they stand by mistake: those are never shown. Pure text.

#include <cstddef>
#include <string>
#include <string_view>

namespace trafikito::config {

/// The character at `at` in words, without it: `a no-break space (U+00A0)`.
std::string name_of_character(std::string_view text, std::size_t at);

/// Where the first character stands that is not what it looks like, or not seen at all; npos where
/// there is none. Letters of any language are fine.
std::size_t find_odd_character(std::string_view text);

/// Whether a text is in UTF-16, with a byte order mark or without one.
bool is_utf16(std::string_view text);

/// `the file is in UTF-16, as some editors of Windows write it`
std::string_view words_for_utf16();

/// What makes UTF-8 of it, with the owner and mode that it has.
std::string mend_of_utf16(std::string_view file);

/// Why a value is not the one that was meant, though it could be one: `begins with ${, as …`; empty
/// where nothing is odd.
std::string oddity_of_token(std::string_view value);

/// Whether a text has the form of a key or token that a machine made: 64 hexadecimal digits,
/// `enroll-…`, 32 characters or more without meaning. A UUID, a path, an address or a name has not.
bool looks_like_key(std::string_view text);

/// Whether a text names a server rather than being its key: a UUID or a few words.
bool looks_like_name(std::string_view text);

/// `text` with `*` for each character of a word that looks like a key; as long as before.
std::string with_keys_masked(std::string_view text);

} // namespace trafikito::config
