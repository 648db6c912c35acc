#pragma once
// Whether /bin/sh can read a command: asked of the shell itself, with -n, so that it runs nothing.

#include <optional>
#include <string>

namespace trafikito::agent::inspection {

/// What the shell says of a text that it cannot read, without the words in front; nothing when it
/// can, or cannot be asked.
std::optional<std::string> find_syntax_error(std::string const& text);

/// Whether a text is so plain that no shell need be asked.
bool is_plain(std::string const& text);

} // namespace trafikito::agent::inspection
