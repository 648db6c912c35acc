#pragma once
// The right side of `KEY=word` as a POSIX shell reads it (XCU 2.2, "Quoting"), as far as a
// configuration needs it: quotes and backslashes are resolved, whatever a shell would expand or run
// is refused. Used by assignments only.

#include <cstddef>
#include <string>
#include <string_view>

namespace trafikito::config {

struct shell_word {
    std::string value;
    std::size_t end = 0; ///< offset behind the word

    std::string problem; ///< empty when all went well
    std::string hint;
    std::size_t position = 0; ///< of the problem: an offset into the text
};

/// Reads the word at the beginning of `text`; it ends at an unquoted blank. With `refuse_operators`
/// an unquoted `;`, `&`, `|`,
/// `<`, `>`, `(` or `)` is a problem, as a shell would take it for more than text.
shell_word read_shell_word(std::string_view text, bool refuse_operators);

} // namespace trafikito::config
