#pragma once
// What exec is asked to run, and within which bounds. The agent fills it in from the local list and
// the settings; nothing in it comes from the network but the choice of the name.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::exec {

/// What a command is held to, besides its time and output (doc/design.md, "Configuration keys").
struct restrictions {
    std::optional<int> nice;
    std::optional<std::uint64_t> max_memory;     ///< RLIMIT_AS, bytes
    std::optional<std::chrono::seconds> max_cpu; ///< RLIMIT_CPU
    std::optional<std::string> user;             ///< name or number; only root can
};

/// One line of available_commands.sh.
struct command {
    std::string name; ///< `trafikito_df`: a shell name, checked by whoever read the list
    std::string
        assignment; ///< the line itself, `trafikito_df="df -h"`: /bin/sh reads it, nobody else
    std::optional<std::chrono::milliseconds> timeout; ///< instead of limits::command_timeout
    std::optional<std::uint64_t> max_output;          ///< instead of limits::max_output, bytes
    restrictions limited;
    bool daemon = false; ///< what it leaves behind is meant to stay
};

/// doc/design.md, "Configuration keys".
struct limits {
    std::chrono::milliseconds command_timeout{30'000}; ///< for one command, from its start
    std::chrono::milliseconds cycle_timeout{50'000};   ///< for all of them together
    std::chrono::milliseconds kill_grace{2'000};       ///< between TERM and KILL
    std::size_t max_parallel = 8;                      ///< commands at once, at least 1
    std::uint64_t max_output = 1024UL * 1024;          ///< bytes kept of one command
};

/// What every child finds around it, and nothing else.
struct execution_environment {
    std::filesystem::path directory;      ///< working directory; `/` when it cannot be entered
    std::vector<std::string> environment; ///< `NAME=value`
};

/// PATH, BASEDIR, HOME, USER and the locale as doc/protocol.md ("Files of an installation") and the
/// shell agents had them. Nothing of the agent's own environment is passed on.
execution_environment clean_environment(std::filesystem::path const& base_dir,
                                        std::string const& home, std::string const& user);

/// Adds `NAME=value`, in place of what had that name.
void add_variable(execution_environment& to, std::string const& variable);

} // namespace trafikito::exec
