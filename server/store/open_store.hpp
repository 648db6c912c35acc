#pragma once
// A store by where it is: a file, or a PostgreSQL.

#include "server/database/connection.hpp"
#include "server/store/engine.hpp"

#include <memory>
#include <string>

namespace trafikito::server::store {

/// `where` is an address (database/postgres_address.hpp), or the path of SQLite's file. Throws what
/// the engine throws: postgres_engine.hpp, sqlite_engine.hpp.
std::unique_ptr<engine> open_engine(std::string const& where, database::access wanted);

} // namespace trafikito::server::store
