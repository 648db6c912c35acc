#pragma once
// Enrolment tokens as people see them. A token itself is nowhere to be seen again.

#include "server/security/secrets.hpp"
#include "server/store/store.hpp"

#include <string>
#include <string_view>

namespace trafikito::server::cli {

/// What a token is called: the beginning of its SHA-256, of which it cannot be made.
std::string id_of(security::digest const& token);

/// The one whose id begins so, or that is the text itself. Throws std::runtime_error when there is
/// none or more than one.
store::enrolment_token find_token(store::store& store, std::string_view id_or_token);

} // namespace trafikito::server::cli
