#pragma once
// Where a PostgreSQL database is, as libpq takes it: `postgresql://HOST/NAME` and all that may
// stand in such a URL, or `host=… dbname=…`. It may hold a password, which is shown nowhere.

#include <cstdint>
#include <string>
#include <string_view>

namespace trafikito::server::database {

/// Where an address was found: what stands in a command line, every user of the machine reads.
enum class address_source : std::uint8_t { command_line, environment };

/// Whether it is meant as one: it begins with `postgresql:` or `postgres:`. Else it is a file's
/// path.
bool is_postgres_address(std::string_view text);

/// Nothing (empty) when it can be used; else why not, and what to do, to follow
/// what names it. Never repeats any of it.
std::string problem_of_address(std::string const& address, address_source from);

/// As it may be shown: service, host, port and name of the database, no more; what it does not say
/// as the environment does (PGHOST and the like).
std::string shown_address(std::string const& address);

} // namespace trafikito::server::database
