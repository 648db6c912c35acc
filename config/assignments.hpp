#pragma once
// The text of trafikito.cfg or trafikito.app as a list of key and value, in both ways of writing it
// (doc/protocol.md, "Files of an installation"). Which keys there are and what they mean,
// build_settings knows.

#include "config/diagnostic.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

struct assignment {
    std::string key; ///< lower case; an alias is replaced by the key's own name
    std::string value;
    std::size_t line = 0;
    std::size_t column = 0;       ///< of the key
    bool broken = false;          ///< an error about the value has been reported; it is empty then
    std::size_t value_column = 0; ///< of the value, behind an opening quote
};

struct assignments {
    std::vector<assignment> list; ///< each key once: the last one wins
    std::vector<diagnostic> diagnostics;
};

/// Reads `key = value` and `export KEY="value"`, mixed as they come; linear in the length of the
/// text.
///
/// With blanks around the `=` the value is taken as it stands (one pair of quotes around it is
/// removed). Without, or after `export`, a shell may have read the line before us, so its quotes
/// and backslashes are read as a shell reads them, and what a shell would expand is an error. ` #`
/// after a value starts a comment. An unreplaced
/// `{{NAME}}`, a NUL byte and a line over max_line_length are errors. `export NAME` alone says
/// nothing.
///
/// `file` only names the file in diagnostics.
assignments parse_assignments(std::string_view text, std::string_view file);

} // namespace trafikito::config
