#pragma once
// Slips of who writes a command: it is cut where no end was meant, or a word means something else
// than it seems to. What only bash knows is among them. command_lint asks; where it is not sure it
// says nothing. Pure text.

#include "config/command_rules.hpp"
#include "config/program_run.hpp"
#include "config/shell_commands.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace trafikito::config {

struct slip {
    std::size_t offset = 0; ///< in the text that was read
    advice says;
    bool may_be_syntax = false; ///< the shell says it in its own words, too
};

/// Of the text as a whole: what a comment cuts off, what bash alone knows (`posix`: /bin/sh is no
/// such shell), a loop without an end, nothing at all to run.
std::vector<slip> find_slips(std::string_view text, shell_commands const& in, bool posix);

/// Of one command: words that a blank or an operator has cut, files written by a `>` that was meant
/// otherwise.
std::vector<slip> find_slips(shell_command const& command);

/// Of a program in it: an argument that was cut at a blank, a pattern that the shell resolves.
std::optional<slip> find_slip(program_run const& run);

} // namespace trafikito::config
