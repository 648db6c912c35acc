#pragma once
// A text from the network made fit for a log line or an error message: bounded, one line, nothing
// that a terminal obeys. Parsers and the two APIs use it; it is never applied to the bytes of a
// report.

#include <cstddef>
#include <string>
#include <string_view>

namespace trafikito::base {

/// Control characters and bytes that are no UTF-8 become `?`, runs of white space one space, ends
/// are trimmed. Cut at a character's boundary to at most `max` bytes, then `…` follows.
std::string plain_text(std::string_view text, std::size_t max = 300);

} // namespace trafikito::base
