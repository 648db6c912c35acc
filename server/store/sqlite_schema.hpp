#pragma once
// The tables of the store and how an older database becomes today's. The store calls it when it
// opens.

#include "server/database/sqlite.hpp"

namespace trafikito::server::store {

/// Number of the newest migration: what PRAGMA user_version holds in a database of this program.
int schema_version();

/// A database of that version is brought up to date by writing it anew (sqlite_upgrade.hpp).
bool is_written_anew(int version);

/// Makes the tables of an empty database, or brings a later one up to date, in one transaction.
/// Throws database::error, with what to do, when a newer program wrote it, and database::damaged
/// when another one did: it is not touched then.
void migrate(database::sqlite& database);

/// The version of a database that this program may use, or bring up to date. Throws database::error
/// when a newer program wrote it, database::damaged when another one made it.
int usable_version(database::sqlite& database);

/// For a database opened read-only: throws database::error unless it is up to date already,
/// database::damaged when another program made it.
void require_current(database::sqlite& database);

} // namespace trafikito::server::store
