#pragma once
// How a SHA-256 stands in the database: its bytes. Only the store's files use it.

#include "server/database/connection.hpp"
#include "server/security/secrets.hpp"

#include <algorithm>
#include <string_view>

namespace trafikito::server::store {

/// They are the digest's, which must live as long.
inline std::string_view as_bytes(security::digest const& value) {
    return {reinterpret_cast<char const*>(value.data()), value.size()};
}

inline security::digest digest_at(database::statement const& query, int column) {
    security::digest digest{};
    auto const bytes = query.bytes_at(column);
    std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
    return digest;
}

} // namespace trafikito::server::store
