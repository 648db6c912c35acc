#pragma once
// A new token for programs, whose text is seen this once: the store gets its SHA-256. The API and
// the command line make them.

#include "server/store/store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace trafikito::server::store {

struct new_api_token {
    std::string text; ///< a secret
    api_token token;
};

/// `ends`: nothing: never. Throws store_error, store_too_many among them.
new_api_token make_api_token(store& kept, std::string_view name, person_role role,
                             std::optional<base::wall_time> ends);

} // namespace trafikito::server::store
