#pragma once
// What PostgreSQL refused, as the error that the store knows. For postgres.cpp.

#include <string>
#include <string_view>

struct pg_conn;

namespace trafikito::server::database {

/// `state` is an SQLSTATE (PostgreSQL's manual, appendix A), empty when there is none; `words` its
/// message, without the details, which hold values.
[[noreturn]] void fail_as(std::string_view state, std::string_view words);

/// Why a connection was not made, of one that speaks with verbosity PQERRORS_VERBOSE.
struct login_failure {
    bool refused = false; ///< it was not let in, and waiting is no use as things are
    std::string words;    ///< with what to do, of one that was refused
};
login_failure failure_of_login(pg_conn* failed);

/// The first line of what libpq says: never a password.
std::string_view one_line(char const* text);

} // namespace trafikito::server::database
