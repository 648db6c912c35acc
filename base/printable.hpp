#pragma once
// Text of unknown origin, made fit for a terminal, a log line or JSON: the one place that knows
// what a terminal obeys or hides (is_harmless() in utf8.hpp: control characters of ASCII and of C1,
// marks that turn the direction of writing, separators of lines, what shows nothing, and what is no
// UTF-8). Everything that prints, logs or writes for people goes through it; it never changes what
// is stored or sent.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::base {

/// For outputs. Newline, tab and printable UTF-8 stay; every other byte becomes `\xNN`, so that
/// nothing moves a cursor, sets a title, recolours a terminal or stands there unseen. What joins
/// the parts of an emoji or of Persian (is_joiner()) stays as well: an output must be readable, and
/// is no name that could be taken for another.
std::string for_terminal(std::string_view bytes);

/// For a table's cell or a part of a message: as for_terminal, newline, tab and joiners escaped
/// too, cut after at most `limit` bytes, between characters; `...` follows then.
std::string for_line(std::string_view bytes, std::size_t limit = 80);

/// For a whole line of a log or of a file that people read: newline and tab become a blank, every
/// other byte that a terminal would obey or hide `?`. Cut to `limit` bytes, between characters.
std::string one_line(std::string_view text, std::size_t limit = 4096);

/// Serialised JSON whose strings a terminal may be shown: `\u009b` in place of the character, which
/// means the same to a program; U+FFFD for what is no UTF-8.
std::string for_json(std::string_view serialized);

/// The text itself when it is UTF-8 of at most `limit` bytes in which nothing is controlling or
/// invisible.
std::optional<std::string> checked_plain_text(std::string_view text, std::size_t limit);

/// How much of `text` is whole characters of at most `limit` bytes together.
std::size_t whole_characters(std::string_view text, std::size_t limit);

} // namespace trafikito::base
