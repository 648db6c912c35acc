#pragma once
// Databases as earlier versions of the server made them, without anything in them.

#include "server/database/sqlite.hpp"

namespace trafikito::test {

/// Schema 1 to 6; version 2 is in the field. The database must be empty.
void make_old_database(server::database::sqlite& database, int version);

} // namespace trafikito::test
