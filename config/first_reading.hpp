#pragma once
// What the first of the two shells makes of a command, the one that reads the line of
// available_commands.sh (doc/protocol.md, "The double reading"): the text that the second one runs,
// as far as that is known beforehand. Pure text; it expands nothing that would have to be run.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

struct first_reading {
    std::string text; ///< unknown_text (shell_commands.hpp) in place of what only a shell knows
    std::vector<std::size_t> offsets; ///< in what was written: of each byte of it, and of its end
    std::vector<std::size_t> runs; ///< offsets of the `$(` and backquotes that run in this reading
    bool whole = true;             ///< nothing in it is unknown, and what was opened is closed

    /// Where in what was written that stands.
    [[nodiscard]] std::size_t written_at(std::size_t offset) const {
        return offsets[offset < offsets.size() ? offset : offsets.size() - 1];
    }
};

/// `written` stands between the double quotes of a line; `variables` are those whose values may be
/// looked at and shown, `NAME=value` each; any other is unknown. Linear in the length of both.
first_reading read_once(std::string_view written, std::span<std::string const> variables);

} // namespace trafikito::config
