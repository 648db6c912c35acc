#pragma once
// Causes that more than one step may find: what the API says to this agent's identity.

#include "agent/diagnosis/known.hpp"

#include <string>

namespace trafikito::agent::diagnosis {

/// The API does not take server_id and api_key. `said`: its words.
cause refused_key(known const& so_far, std::string const& said);

/// The API says "too early". `said`: its words.
cause asked_too_early(known const& so_far, std::string const& said);

} // namespace trafikito::agent::diagnosis
