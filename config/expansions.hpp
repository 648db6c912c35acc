#pragma once
// What a shell expands when it reads a line of available_commands.sh, before the command runs
// (doc/protocol.md, "The double reading"): an unescaped `$` that was meant for the command itself
// is gone by then. command_list warns of it. Pure text; it expands nothing.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

struct lost_expansion {
    std::size_t offset = 0; ///< of the `$` in the text, in bytes
    std::string what;
    std::string hint;
};

/// Finds in `text`, which stands between the double quotes of a line: positional and special
/// parameters, and variables that neither the agent sets, nor the shell, nor `command_env`
/// (`NAME=value` each). One with a default (`${NAME:-x}`) is meant. Inside `$(…)` and backquotes
/// single quotes protect and variables may be set, so there it is positional parameters alone. At
/// most 8, in their order. Linear in the length of the text.
std::vector<lost_expansion> find_lost_expansions(std::string_view text,
                                                 std::span<std::string const> command_env);

} // namespace trafikito::config
