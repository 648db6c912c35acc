#pragma once
// What PostgreSQL refused, as the error that the store knows. For postgres.cpp.

#include <string_view>

namespace trafikito::server::database {

/// `state` is an SQLSTATE (PostgreSQL's manual, appendix A), empty when there is none; `words` its
/// message, without the details, which hold values.
[[noreturn]] void fail_as(std::string_view state, std::string_view words);

/// The first line of what libpq says: never a password.
std::string_view one_line(char const* text);

} // namespace trafikito::server::database
