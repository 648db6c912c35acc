#pragma once
// What the store (store.hpp) throws. What the database throws has the store's names, too.

#include "server/database/sqlite.hpp"

namespace trafikito::server::store {

using database::access;
using store_error = database::error;
using store_full = database::full;
using store_damaged = database::damaged;
using store_misplaced = database::misplaced;
using store_busy = database::busy;

/// One report alone is larger than the quota of its machine.
class store_too_large : public store_error {
public:
    using store_error::store_error;
};

/// There is no such server any more: it was removed.
class store_no_server : public store_error {
public:
    using store_error::store_error;
};

/// There are as many of them as there may be, says it.
class store_too_many : public store_error {
public:
    using store_error::store_error;
};

} // namespace trafikito::server::store
