#pragma once
// What people may call a server. Whoever gives it a name asks here.

#include "server/store/store.hpp"

#include <string>

namespace trafikito::server::cli {

/// Of two that answer to the same, a command or a reader would take the wrong one: throws
/// std::runtime_error when the name is the id of another server than `id`, removed or not.
void refuse_id_as_name(store::store& store, std::string const& id, std::string const& name);

/// The server that was meant by what is the id or the name of none: mistyped, in another case, or
/// the beginning of one id. Its name, or its id where several have that name; empty when none is
/// near.
std::string nearest_server(store::store& store, std::string const& asked);

} // namespace trafikito::server::cli
