#pragma once
// What is wrong with a file, a line of it or an environment variable, said for the person who wrote
// it. Every parser of config/ returns these; agent/ prints and logs them. One never holds the value
// of a secret key.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

/// A line of a file as it is shown below a message, or the part of it around a column.
struct source_excerpt {
    std::string text;      ///< harmless; empty: nothing is shown
    std::size_t caret = 0; ///< 1-based, in characters of the text; 0: none

    friend bool operator==(source_excerpt const&, source_excerpt const&) = default;
};

struct diagnostic {
    enum class severity : std::uint8_t { warning, error };

    severity level = severity::error;
    std::string file;        ///< path of the file, or the name of an environment variable
    std::size_t line = 0;    ///< 1-based; 0 when it is about the file as a whole
    std::size_t column = 0;  ///< 1-based, in bytes; 0 when it is about the line as a whole
    std::string what;        ///< one line: what is wrong and what it means
    std::string hint;        ///< one line: what mends it; may be empty
    source_excerpt source{}; ///< the line itself, where it may be shown (excerpt.hpp)

    /// Made harmless, be it by the name of a file: `FILE:LINE:COLUMN: error: what`, below it the
    /// line with its number and a caret, and the hint, indented by four blanks. No newline at the
    /// end. Without a line `FILE: error: what`.
    [[nodiscard]] std::string format() const;

    /// For a log, which says the level itself: `FILE:LINE:COLUMN: what. Hint`, without
    /// a full stop.
    [[nodiscard]] std::string in_one_line() const;

    friend bool operator==(diagnostic const&, diagnostic const&) = default;
};

/// Diagnostics kept of one file; one more says that there were others.
inline constexpr std::size_t max_diagnostics = 100;

/// Whether one of them is an error: what was read must not be used then.
bool has_errors(std::vector<diagnostic> const& diagnostics);

/// Puts text of a file into a message: in double quotes, cut after 60 bytes, made harmless by
/// base::for_line(), so that a message stays one line and cannot speak to a terminal.
std::string in_quotes(std::string_view text);

} // namespace trafikito::config
