#pragma once
// Where somebody's own shell differs from what commands find around them, as far as that explains
// why a command works for him and fails for the agent. `test` looks before it becomes the daemon's
// user, and speaks of it only when a command has failed. It guesses nothing.

#include "exec/command.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::agent::cli {

/// What commands name and the caller has. Names and paths only: the values of his variables are not
/// looked at.
struct caller {
    std::map<std::string, std::string> programs;   ///< found in his PATH: where
    std::vector<std::string> variables;            ///< that he has
    std::map<std::string, std::string> home_files; ///< `~/.my.cnf` of the command: his own

    friend bool operator==(caller const&, caller const&) = default;
};

/// Looked up with the rights that this process has now, for the texts of those commands.
/// `environment` is what this process was started with.
caller look_at_caller(std::vector<std::string> const& environment,
                      std::vector<std::string> const& texts);

/// To another process that is to speak of it: one line without control characters. What does not
/// read so is nobody's.
std::string to_text(caller const& who);
caller caller_from(std::string_view text);

/// A command that ended with a code other than 0.
struct failed_command {
    std::string_view text;   ///< of the list
    int code = 0;            ///< exit code
    std::string_view output; ///< its beginning
    bool explained = false;  ///< why its program was not executed is said already
    bool other_user = false; ///< it runs as `user=`: who may read what is not known here
};

/// In sentences of one line each, three at most: what the caller has and the command does not, or
/// what it may not do. `around` is what the command found around it. To be asked with the rights
/// that the command had.
std::vector<std::string> why_it_fails_here(failed_command const& what, caller const& who,
                                           exec::execution_environment const& around);

} // namespace trafikito::agent::cli
