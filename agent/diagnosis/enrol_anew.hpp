#pragma once
// Causes that more than one step may find: what the API says to this agent's identity.

#include "agent/diagnosis/known.hpp"

#include <string>
#include <string_view>

namespace trafikito::agent::diagnosis {

/// Whether the API's own error, its code or its message, is about the key of this machine. Only of
/// what the API said itself: a stranger in its place knows nothing of keys.
bool is_about_key(std::string_view error);

/// For what how_to_enrol_anew() leaves open.
inline constexpr std::string_view placeholders_in_words =
    " (FILE holds a token or your key, ID is the workspace)";

/// What makes this machine another server of the same API, to be typed. An agent that runs is
/// stopped meanwhile; until the new configuration is there, nothing of the old one is gone.
std::string how_to_enrol_anew(known const& so_far);

/// The API does not take server_id and api_key. `said`: its words.
cause refused_key(known const& so_far, std::string const& said);

/// The API says "too early". `said`: its words.
cause asked_too_early(known const& so_far, std::string const& said);

} // namespace trafikito::agent::diagnosis
