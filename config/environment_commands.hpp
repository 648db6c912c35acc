#pragma once
// Commands that a container's owner wrote into the agent's own environment, where no file need be:
// TRAFIKITO_RUN_df='df -h' is read as the line trafikito_df="df -h" of available_commands.sh
// (doc/protocol.md, "Files of an installation"). Pure text.

#include "config/command_list.hpp"
#include "config/diagnostic.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

struct environment_command {
    std::string variable; ///< for messages: `TRAFIKITO_RUN_df`
    std::string line;     ///< a valid line of the list: `trafikito_df="df -h"`

    friend bool operator==(environment_command const&, environment_command const&) = default;
};

/// Whether a variable of that name is for a command: TRAFIKITO_RUN_NAME, with a prefix trafikito_
/// of NAME or without. TRAFIKITO_RUN_AS is a key of the configuration, and none.
bool names_command(std::string_view variable);

/// Those of an environment (`NAME=value` each), in its order. An empty value is none; one that
/// would be no valid line of the list is an error.
std::vector<environment_command>
read_environment_commands(std::vector<std::string> const& environment,
                          std::vector<diagnostic>& diagnostics);

/// Adds them to a list, whose own lines of the same names they replace. What is strange about one
/// is a warning there, as that of a line of the file.
void add_environment_commands(command_list& list, std::vector<environment_command> const& commands,
                              std::vector<std::string> const& command_env);

} // namespace trafikito::config
