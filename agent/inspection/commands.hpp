#pragma once
// The commands of the list, one by one: what they do not say, what is not there to run them, what
// they may not do. Runs none of them.

#include "agent/inspection/access.hpp"
#include "agent/inspection/places.hpp"
#include "config/command_list.hpp"
#include "config/settings.hpp"

#include <vector>

namespace trafikito::agent::inspection {

/// For the daemon that becomes `who`.
std::vector<config::diagnostic> inspect_commands(config::settings const& settings,
                                                 config::command_list const& list,
                                                 onlooker const& who);

} // namespace trafikito::agent::inspection
