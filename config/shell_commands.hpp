#pragma once
// The simple commands of a text that a POSIX shell would run (XCU 2, "Shell Command Language"), as
// far as that can be seen without a shell: what `check` looks at to warn of commands that cannot do
// what they seem to. Nothing is run by what is found here. Pure text.

#include "config/command_word.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

/// One program with its arguments.
struct shell_command {
    std::vector<command_word> words;   ///< the program first; no assignments, no redirections
    std::vector<command_word> inputs;  ///< files that it reads by `<`
    std::vector<command_word> outputs; ///< files that it writes by `>`
    std::vector<std::string> assigned; ///< names of the variables that are set in front of it
    std::size_t offset = 0;
    bool has_input = false;  ///< a pipe or a redirection feeds it, or what it stands in
    bool feeds_pipe = false; ///< somebody reads its output
    bool in_background = false;
    bool in_bash = false;      ///< bash reads it: `bash -c '…'`
    bool falls_back = false;   ///< `||` follows: that it may fail is thought of
    bool hides_errors = false; ///< `2>/dev/null`: the same
};

/// A part of the text, in bytes.
struct text_part {
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct shell_commands {
    std::vector<shell_command> commands; ///< in their order, those of substitutions among them
    std::vector<std::string> functions;  ///< that the text defines
    std::vector<bash_word> of_bash;
    std::vector<std::string> assigned_alone; ///< names of `NAME=value` without a command
    std::optional<shell_fault> fault;        ///< the first
    std::optional<text_part> comment;        ///< the first, with its #
    std::optional<std::size_t> endless_loop; ///< `while true` without a way out
    bool sets_path = false;                  ///< PATH is assigned somewhere
    bool does_more = false;                  ///< it assigns or redirects, with or without a command
};

/// At most 512 commands of a text; nests no deeper than 32. Linear in the length of the text, times
/// its depth.
shell_commands read_shell_commands(std::string_view text);

/// Behind the `)` of the `$(` whose content begins at `begin`; the end of the text without one.
std::size_t end_of_substitution(std::string_view text, std::size_t begin);

} // namespace trafikito::config
