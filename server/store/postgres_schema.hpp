#pragma once
// The tables of the store in PostgreSQL: as in SQLite (sqlite_schema.cpp), with the same names and
// columns, but that reports and blocks lie in partitions, one for each day of their kept_since. For
// postgres_engine.cpp.

#include "server/database/postgres.hpp"

namespace trafikito::server::store {

/// The newest: one number for both engines (sqlite_schema.hpp, schema_version()).
int postgres_schema_version();

/// Makes the tables where there are none; several processes may do so at once. Throws
/// database::error, with what to do, when a newer program wrote them, when the database does not
/// fit, and when tables of these names are somebody else's: nothing is touched then.
void make_tables(database::postgres& database);

/// The version of one that this program may use, or bring up to date; 0: it has no tables yet, and
/// may have some. Throws as above, and when this user may not make any in it.
int usable_version(database::postgres& database);

/// For one that is only read: throws database::error unless it is up to date already.
void require_current(database::postgres& database);

} // namespace trafikito::server::store
