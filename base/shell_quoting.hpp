#pragma once
// A text as one word of a command line that a person copies: sh takes it for the text itself,
// whatever it holds. For all that advises to type something.

#include <string>
#include <string_view>

namespace trafikito::base {

/// The text as it is where nothing in it means something to a shell, else in single quotes.
std::string shell_quoted(std::string_view text);

} // namespace trafikito::base
