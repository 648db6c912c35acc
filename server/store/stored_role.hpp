#pragma once
// How what somebody may do stands in the database. Only the store's files use it.

#include "server/database/connection.hpp"
#include "server/store/person.hpp"

#include <cstdint>

namespace trafikito::server::store {

inline std::int64_t stored_role(person_role role) {
    return role == person_role::administrator ? 0 : 1;
}

/// What is no role of ours may do least.
inline person_role role_at(database::statement const& query, int column) {
    bool const administrator = !query.null_at(column) && query.number_at(column) == 0;
    return administrator ? person_role::administrator : person_role::reader;
}

} // namespace trafikito::server::store
