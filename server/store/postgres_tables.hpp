#pragma once
// SQL that makes the store's tables in PostgreSQL, and the functions that the engine calls. For
// postgres_schema.cpp.

namespace trafikito::server::store {

/// What makes them all from nothing has this number; the first was 7, as SQLite's then.
inline constexpr int postgres_tables_version = 7;

extern char const* const postgres_tables;
extern char const* const postgres_functions;

} // namespace trafikito::server::store
