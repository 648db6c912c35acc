#pragma once
// The help of a program and of each of its commands, made of the one table that its command line is
// read by: how it is called, what it does, its options, examples, the exit status. Each fits on one
// screen and is never wider than 80 columns. Both programs use it. Pure text.

#include <string>
#include <string_view>
#include <vector>

// NOLINTBEGIN(readability-identifier-naming): as CLI11 has them, whose header would be long
namespace CLI {
class App;
class ParseError;
} // namespace CLI
// NOLINTEND(readability-identifier-naming)

namespace trafikito::config {

/// What help says of a command beside its options, which CLI11 has.
struct command_words {
    std::string_view command; ///< `servers add`; empty: the program itself
    std::string_view more;    ///< whole sentences behind the summary; may be empty
    /// As they can be typed. What is too long for a line goes on behind a backslash and a newline.
    std::vector<std::string_view> examples;
    std::string_view exit_status; ///< where it says more than 0: all went well
};

/// Gives each command of the program its words; a command that it does not have is passed over.
void set_words(CLI::App& program, std::vector<command_words> const& all);

/// `of` is the program itself or one of its commands. The first line of its description is a
/// summary without full stop; what follows is whole sentences.
std::string help_page(CLI::App const& of);

/// The page of the command that the words named (as far as they could be read).
std::string help_page_of_chosen(CLI::App const& program);

/// Words from one line to the next at most `widest` wide; lines but the first begin with `indent`
/// blanks. `column` is how far the first is filled already. Ends with a newline.
std::string wrapped(std::string_view words, std::size_t indent, std::size_t column,
                    std::size_t widest = 80);

} // namespace trafikito::config
