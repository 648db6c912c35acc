#pragma once
// What is wrong with a command line, in words for whoever typed it: a word that nobody knows and
// the nearest one that somebody does, what is missing, what goes not together. Both programs read
// their command lines by it. Pure text.

#include "config/help_page.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

/// What ends a program before it does anything: help or version (status 0), or what is wrong (2).
struct command_line_end {
    int status = 0;
    std::string text;
};

/// Reads the words (without the program's name) into what was bound to the options of `program`.
/// Nothing: go on.
std::optional<command_line_end> read_command_line(CLI::App& program,
                                                  std::vector<std::string> const& words);

/// `PROGRAM: error: what`, and which help to read: that of the command that was named.
command_line_end wrong_command_line(CLI::App const& program, std::string_view what);

/// For option(…)->check(): an empty value, which would be taken for none.
std::string check_not_empty(std::string const& text);

/// For option(…)->check(): a whole number from `least` to `most`; `example` is one that is right:
/// `--last 5`.
std::string check_number(std::string const& text, std::string_view example, long long least,
                         long long most);

/// For option(…)->check(): one of the words, which stand separated by blanks.
std::string check_choice(std::string const& text, std::string_view choices);

} // namespace trafikito::config
