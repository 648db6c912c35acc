#pragma once
// The tables of the store and how an older database becomes today's. The store calls it when it
// opens.

#include "server/store/sqlite.hpp"

namespace trafikito::server::store {

/// Number of the newest migration: what PRAGMA user_version holds in a database of this program.
int schema_version();

/// Brings the database up to date in one transaction. Throws store_error, with what to do, when a
/// newer program wrote it, and store_damaged when another one did: it is not touched then.
/// `to`: an earlier version than the newest only in tests of the way from there.
void migrate(connection& database, int to = schema_version());

/// The version of a database that this program may use, or bring up to date. Throws store_error
/// when a newer program wrote it, store_damaged when another one made it.
int usable_version(connection& database);

/// For a database opened read-only: throws store_error unless it is up to date already,
/// store_damaged when another program made it.
void require_current(connection& database);

} // namespace trafikito::server::store
