#pragma once
// available_commands.sh: the only place where command lines come from (doc/protocol.md, "Files of
// an installation"). agent/ looks names up in it and reports its valid lines. It runs nothing and
// does not imitate the shell.

#include "config/command_options.hpp"
#include "config/diagnostic.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

struct command {
    std::string name; ///< with its prefix: trafikito_uptime
    std::string line; ///< the assignment, verbatim, for the shell: no carriage return, no newline
    std::string text; ///< between the quotes
    std::size_t line_number = 0;
    command_options options;
};

/// A command that stands in the list and must not be run, because a `#:` option of it cannot be
/// read: running it without (say, without `user=`) could do harm.
struct refused_command {
    std::string name;
    std::size_t line_number = 0;
    std::string reason; ///< for its section of the report and the log
};

/// A line that is neither a command nor a comment nor blank.
struct invalid_line {
    std::size_t number = 0;
    std::string text; ///< at most 256 bytes of it
};

struct command_list {
    std::vector<command> commands;        ///< each name once, in file order
    std::vector<refused_command> refused; ///< none of these is among commands
    std::vector<std::string>
        valid_lines; ///< verbatim, in file order, for the report's last section
    std::vector<invalid_line> invalid_lines; ///< at most 4,096
    std::vector<diagnostic> diagnostics;     ///< at most 100 and one that says there were more

    /// The command of that name (with prefix), or nullptr.
    [[nodiscard]] command const* find(std::string_view name) const;
    [[nodiscard]] refused_command const* find_refused(std::string_view name) const;
};

/// Commands read of one file; what stands behind them is an error and left out.
inline constexpr std::size_t max_commands = 4096;

/// Valid is `^trafikito_[a-zA-Z0-9_]+="[^"]+"[[:space:]]*$` without NUL bytes and up to 8 KiB. Each
/// invalid line is an error with its reason. Where a name occurs twice the last line wins, and a
/// warning names both. A `$` that the command will not see is a warning, too (expansions.hpp), for
/// which `command_env` holds what the owner sets, `NAME=value` each. Linear in the length of the
/// text. `file` only names the file in diagnostics.
command_list parse_command_list(std::string_view text, std::string_view file,
                                std::vector<std::string> const& command_env = {});

} // namespace trafikito::config
