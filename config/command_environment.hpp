#pragma once
// `command_env`: what the owner adds to the environment of commands. Pure text.

#include "config/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

/// `NAME=value NAME=value`, separated by blanks; a value that holds blanks cannot be given. At most
/// 64 names, each once. A problem names the variable, never its value: it may be a secret of a
/// command.
parsed<std::vector<std::string>> parse_command_environment(std::string_view text);

} // namespace trafikito::config
