#pragma once
// How our SQL and what is bound to it look to PostgreSQL. For postgres.cpp.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace trafikito::server::database {

/// `?` and `?1` as `$1`.
std::string with_dollars(std::string_view sql);

/// PostgreSQL takes no text with a NUL, or that is no UTF-8, and would refuse all that is stored
/// together with it: each such byte as `?`.
std::string as_utf8(std::string_view text);

/// A bigint on the wire.
std::array<char, 8> big_endian(std::int64_t value);
/// A bool, smallint, integer or bigint of the wire.
std::int64_t from_big_endian(std::string_view bytes);

/// Where the first command of a script ends: a semicolon that is no part of a text ('…', $$…$$) or
/// a comment (--).
std::size_t end_of_command(std::string_view script);

} // namespace trafikito::server::database
