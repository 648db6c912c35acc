#pragma once
// The rows of SQLite's statements, and what its errors mean. For sqlite.cpp.

#include "server/database/connection.hpp"

#include <memory>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace trafikito::server::database {

// Of a result of SQLite.
bool is_damage(int result);
bool is_lack_of_room(int result);
inline constexpr char const* make_room =
    " (free some room where --data is; what was accepted is kept)";

/// Throws what that result is: damaged, busy, full, or error.
[[noreturn]] void fail(int result, sqlite3* connection);

/// Runs as it is read; there is one run of a prepared statement at a time.
std::unique_ptr<cursor> step_through(sqlite3* connection, sqlite3_stmt* handle,
                                     std::vector<parameter> const& values);
/// Has run to its end, and its rows are kept.
std::unique_ptr<cursor> read_through(sqlite3* connection, sqlite3_stmt* handle,
                                     std::vector<parameter> const& values);

} // namespace trafikito::server::database
