#pragma once
// SQL that makes the store's tables in PostgreSQL, and the functions that the engine calls. For
// postgres_schema.cpp.

namespace trafikito::server::store {

/// What makes them from nothing has this number, as SQLite's then; what follows goes on from there.
inline constexpr int postgres_tables_version = 7;

extern char const* const postgres_tables;
extern char const* const postgres_functions;
extern char const* const postgres_people_and_values; ///< 8

} // namespace trafikito::server::store
