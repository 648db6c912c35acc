#pragma once
// Text for people whose parts are somebody else's word: which part is which stays told from its
// place, whatever a part holds. outputs, servers and the messages of both use it.

#include "base/wall_clock.hpp"

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::cli {

/// A name between others in a line or a table: base::for_line(), and every blank (of Unicode, too,
/// and what has no width) that is not a single one between two letters stands as `\x20`. So two
/// blanks are always ours. `""` for an empty one.
std::string cell(std::string_view text, std::size_t limit = 80);

/// `2026-11-26 05:10:00 +01:00`.
std::string time_in_table(base::wall_time time);

/// Columns that a terminal takes for harmless text without newline or tab: two for the wide letters
/// of East Asia, none for a mark that stands above another.
std::size_t width_of(std::string_view text);

/// Columns of the terminal that standard output is, or nothing.
std::optional<std::size_t> screen_width();

/// Harmless `text` without newline, as a line or, where it is wider than the screen, as several:
/// all but the first begin with `further`. A terminal would begin them at its edge, where they
/// could be taken for lines of their own. No width: one line.
void print_folded(std::ostream& out, std::string_view text, std::string_view further,
                  std::optional<std::size_t> width);

/// Columns with two blanks between them; no cell holds two blanks in a row.
void print_table(std::ostream& out, std::vector<std::vector<std::string>> const& rows,
                 std::optional<std::size_t> width);

} // namespace trafikito::server::cli
