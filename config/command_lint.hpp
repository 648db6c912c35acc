#pragma once
// Reads a command of available_commands.sh for what it does not say: that it would do something
// else, or nothing, where the agent runs it. Only `check` asks. Where it is not sure it says
// nothing. Pure text; what needs the machine (is the program there?) is asked by agent/cli.

#include "config/first_reading.hpp"
#include "config/shell_commands.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

struct command_fault {
    std::size_t offset = 0; ///< in the text between the quotes, in bytes
    std::string what;
    std::string hint;
    bool not_what_it_seems = false; ///< whether that word is there need not be asked
    bool may_be_syntax = false;     ///< a shell that reads it would say the same, in its own words
};

struct lint_surroundings {
    std::span<std::string const> variables; ///< as read_once() has them
    bool sh_is_bash = false;
    bool daemon = false; ///< what the command leaves running is meant to stay
};

/// A command as both shells have read it.
struct read_command {
    first_reading first;
    shell_commands second;
};

read_command read_twice(std::string_view written, std::span<std::string const> variables);

/// In the order of their places, one a place, at most 16.
std::vector<command_fault> find_command_faults(read_command const& command,
                                               lint_surroundings const& around);

} // namespace trafikito::config
