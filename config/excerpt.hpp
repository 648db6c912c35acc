#pragma once
// The lines of a file below the messages about it, as a compiler prints them. load.cpp adds them to
// what the parsers found; what may be a secret is not shown.

#include "config/diagnostic.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

/// What is shown of a line, beginning where it is of interest: at most 100 characters, harmless.
/// `column` is 1-based, in bytes, 0 for none; one behind the end is the end.
source_excerpt excerpt_of(std::string_view line, std::size_t column);

/// The part of a line of trafikito.cfg or trafikito.app that may be shown: the value of a key that
/// is secret, unknown, or cannot be made out stays out, and so does an address that holds a
/// password or a query.
std::string shown_part_of_setting(std::string_view line);

/// The same of a line of available_commands.sh: all of it, but for what looks like an API key.
std::string shown_part_of_command(std::string_view line);

enum class text_kind : std::uint8_t { settings, commands };

/// Adds the lines of `text`, which is the content of `file`, to those of `found` that are about it.
/// Linear in the length of the text.
void add_excerpts(std::vector<diagnostic>& found, std::string_view file, std::string_view text,
                  text_kind kind);

} // namespace trafikito::config
