#pragma once
// Files that all processes have in common that serve one PostgreSQL: to machines they are one
// server, with one certificate authority. Whoever may read the database reads these keys.

#include "server/database/connection.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::server::store {

using named_files = std::map<std::string, std::string>;

/// Those of the database; where it has none of a name, what `make` gives is it from now on, of
/// several who ask at once the first one's. One for which it gives nothing is left out.
named_files
shared_files(database::connection& database, std::vector<std::string> const& names,
             std::function<std::optional<std::string>(std::string const& name)> const& make);

/// Nothing where the database has none of that name.
std::optional<std::string> shared_file(database::connection& database, std::string const& name);

/// False, and nothing changes, when it is not `before` any more.
bool replace_shared_file(database::connection& database, std::string const& name,
                         std::string const& before, std::string const& after);

} // namespace trafikito::server::store
