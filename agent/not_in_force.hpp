#pragma once
// Settings that are declared and checked, but that this version does not act upon: who sets one is
// told.

#include "config/settings.hpp"

#include <string>

namespace trafikito::agent {

/// `retries, allow_widgets: set, but not in force in this version`; empty when none of them is set.
std::string settings_not_in_force(config::settings const& settings);

} // namespace trafikito::agent
