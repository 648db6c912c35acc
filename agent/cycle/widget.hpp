#pragma once
// A command line that the API hands over to be added to the local list (doc/protocol.md, "v2", step
// 4): what of it is accepted, and how it comes into the file. Only with allow_widgets = yes. Pure
// text, and one file.

#include "config/command_list.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace trafikito::agent::cycle {

/// Widgets of one cycle, and commands in a list that widgets make longer.
inline constexpr std::size_t max_widgets_a_cycle = 8;
inline constexpr std::size_t max_commands_with_widgets = 512;

/// Letters, digits, `_` and `-`, 1 to 64 of them: it goes into a comment, a file name and the log.
bool is_widget_id(std::string_view id);

struct widget_verdict {
    enum class kind {
        add,     ///< `line` may be appended
        present, ///< the list has that very line: it is not added twice
        refused, ///< it is a valid line, but not one to add; `why` says why not
        invalid  ///< it is no valid line (feedback 102); `why` says why not
    };

    kind is = kind::invalid;
    std::string name; ///< with its prefix
    std::string text; ///< between the quotes
    std::string line; ///< the assignment, without newline
    std::string why;
};

/// What to do with the API's answer. Accepted is one line of printable ASCII, at most 1,024
/// characters, that is a valid line of the list. Not accepted, although doc/protocol.md would allow
/// it:
///  * a name that the list has already, with another command: the owner's names keep their meaning;
///  * a backquote or `$(` that no backslash escapes: a shell runs that when the list is read,
///    whether the command is asked for or not.
widget_verdict judge_widget(std::string_view answer, config::command_list const& list);

/// Appends the line behind a comment that says where it came from. In one step (a file beside it,
/// fsync, rename), with the owner and mode that the file had. Refuses, and returns in words why,
/// where the file is a link, has another owner than root or us, can be written by others, would
/// become larger than what is read of it, was changed meanwhile, or cannot be kept as it was. Empty
/// when it was added.
std::string append_widget(std::filesystem::path const& list, widget_verdict const& what,
                          std::string_view id, std::int64_t unix_seconds);

} // namespace trafikito::agent::cycle
