#pragma once
// A text as one word of a command line that a person copies: sh takes it for the text itself,
// whatever it holds.

#include <string>
#include <string_view>

namespace trafikito::server::cli {

std::string shell_word(std::string_view text);

} // namespace trafikito::server::cli
