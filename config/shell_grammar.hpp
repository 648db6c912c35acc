#pragma once
// Words that hold a shell's text together, and what is told from them: for shell_commands.cpp
// alone. Pure text.

#include "base/ascii.hpp"
#include "config/shell_commands.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace trafikito::config {

inline constexpr std::array<std::string_view, 8> openings{"if",   "while", "until",  "for",
                                                          "case", "{",     "select", "("};
inline constexpr std::array<std::string_view, 5> closings{"fi", "done", "esac", "}", ")"};
inline constexpr std::array<std::string_view, 5> betweens{"then", "do", "else", "elif", "!"};

template <std::size_t Size>
bool is_among(std::array<std::string_view, Size> const& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

inline bool is_name(std::string_view text) {
    return !text.empty() && !base::is_digit(text.front()) &&
           std::ranges::all_of(text, base::is_word);
}

/// What the next word is, where it is neither a program nor an argument.
enum class expected : std::uint8_t { command, target, name, items, subject, in, pattern };

/// What stands between an opening and its end.
struct frame {
    std::string_view opened_by;
    std::size_t offset = 0;
    std::size_t begin = 0; ///< index of its first command
    bool fed = false;
};

shell_fault::kind fault_without_end(frame const& of);

/// `while true; do …; done` with nothing in it that leaves it; `of` is the last one open.
bool is_endless(frame const& of, std::vector<shell_command> const& commands);

/// `((a++))` and `a=(1 2)`, at the parenthesis at `offset`; `now` is the command that has begun.
std::optional<bash_word> bash_word_at(std::string_view text, std::size_t offset,
                                      shell_command const* now);

struct redirection {
    bool reads = false;     ///< a file
    bool writes = false;    ///< to a file
    bool of_errors = false; ///< it takes what is said of errors
};

/// The word behind a `>` or `<` belongs to that command.
void add_target(shell_command& to, command_word word, redirection by);

} // namespace trafikito::config
