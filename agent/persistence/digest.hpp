#pragma once
// SHA-256 of a text, cut, for names by which something is known again.

#include <cstddef>
#include <string>
#include <string_view>

namespace trafikito::agent::persistence {

/// The first `bytes` of it, 32 at most, in hexadecimal digits.
std::string digest_of(std::string_view text, std::size_t bytes);

} // namespace trafikito::agent::persistence
