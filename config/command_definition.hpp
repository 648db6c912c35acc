#pragma once
// One line of available_commands.sh: a command, or why it is none (doc/protocol.md, "Files of an
// installation"). command_list reads the file with it; whoever adds a line to the file asks it
// first. Pure text.

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace trafikito::config {

/// A valid line. All views look into the text that was parsed.
struct valid_line {
    std::string_view name;          ///< with its prefix
    std::string_view assignment;    ///< the line, cut at the first carriage return behind the quote
    std::string_view text;          ///< between the quotes
    bool escapes_its_quote = false; ///< a backslash before the closing quote: a shell reads on
};

struct line_problem {
    std::size_t column = 0; ///< 1-based; 0 for the line as a whole
    std::string what;
    std::string hint;
};

/// `line` is without its newline; neither a comment nor blank.
std::variant<valid_line, line_problem> parse_command_definition(std::string_view line);

} // namespace trafikito::config
