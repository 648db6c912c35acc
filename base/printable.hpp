#pragma once
// Text of unknown origin, made fit for a terminal, a log line or JSON. Printing and logging use it;
// it never changes what is stored.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::base {

/// Newline, tab and printable UTF-8 stay; every other byte becomes `\xNN`, so that nothing moves a
/// cursor, sets a title or recolours a terminal.
std::string for_terminal(std::string_view bytes);

/// For a log line or a table's cell: as for_terminal, newline and tab escaped too, cut after
/// `limit` bytes.
std::string for_line(std::string_view bytes, std::size_t limit = 80);

/// The text itself when it is UTF-8 without control characters and of at most `limit` bytes.
std::optional<std::string> checked_plain_text(std::string_view text, std::size_t limit);

} // namespace trafikito::base
