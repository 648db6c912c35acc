#pragma once
// The programs that a simple command runs: itself, and where it is one that runs another
// (`nice`, `timeout 5`, `sudo -u x`), that one, too. Pure text.

#include "config/shell_commands.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

/// The words behind a program, told apart as getopt(3) does. An option that stands alone may have
/// taken the word behind it: where that cannot be known it is counted as an operand.
struct arguments {
    std::string letters;                    ///< of short options, without what they take
    std::vector<std::string> short_options; ///< as they stand there: `-p`, `-nP`
    std::vector<std::string> long_options;  ///< `--lines`, without what they take
    std::vector<std::string> operands;
    bool known = true; ///< nothing of it is expanded by a shell

    [[nodiscard]] bool has(std::string_view any_of) const {
        return letters.find_first_of(any_of) != std::string::npos;
    }
    /// A long option that begins so.
    [[nodiscard]] bool has_long(std::string_view beginning) const;
};

struct program_run {
    std::span<command_word const> words; ///< the program first; of the shell_command
    shell_command const* of = nullptr;
    bool limited = false; ///< by timeout(1)
    std::string_view by;  ///< the wrapper that runs it, its last name; may be empty

    [[nodiscard]] command_word const& program() const { return words.front(); }
    /// Without the folders in front of it.
    [[nodiscard]] std::string_view name() const;
    /// `with_value`: the letters of the short options that take a word.
    [[nodiscard]] arguments read_arguments(std::string_view with_value) const;
};

/// In the order in which they are run. What no one can tell without a shell ends it; they live as
/// long as `command` does.
std::vector<program_run> runs_of(shell_command const& command);

} // namespace trafikito::config
