#pragma once
// The form of `pin`: hashes of public keys. A check of the text, so that a mistake is found where
// it was written; net/ holds the rule again.

#include <string>
#include <string_view>

namespace trafikito::config {

/// Why it is no list of `sha256/BASE64` (44 characters; `sha256//BASE64`, as curl has it, is taken,
/// too), separated by commas or blanks; empty when it is one.
std::string pins_problem(std::string_view text);

} // namespace trafikito::config
