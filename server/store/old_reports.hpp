#pragma once
// What a database of schemas 1 to 6 holds, brought into one of today. For sqlite_upgrade.cpp.

#include "server/database/sqlite.hpp"

#include <cstdint>
#include <functional>

namespace trafikito::server::store {

/// Into the empty database `made` that is attached. How many reports. Throws database::error when
/// not all of them are there afterwards. `alive` is called again and again.
std::int64_t copy_old_database(database::sqlite& old, std::function<void()> const& alive);

} // namespace trafikito::server::store
