#pragma once
// Which lines of the list that an API answers are taken into available_commands.sh: those that this
// machine proposed itself, by running the default commands. Any other would be a command line from
// the network; it becomes a comment. Pure text.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::agent::enrolment {

struct judged_list {
    std::string text;                 ///< for the file: ends with a newline
    std::size_t commands = 0;         ///< lines of it that will run
    std::vector<std::string> strange; ///< lines that were not proposed, made printable; the first
    std::size_t more_strange = 0;     ///< of which neither the file nor this holds a copy
};

/// Taken are `NAME="LINE"` of a default command, or of its earlier form, each name once; blank
/// lines; and comments, made printable and cut, that hold no options for the agent (`#:`).
judged_list judge_list(std::string_view answer);

} // namespace trafikito::agent::enrolment
