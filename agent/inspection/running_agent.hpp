#pragma once
// The agent of an installation that runs now, as far as it is to be seen from here: what is looked
// at is looked at for that one. Used by inspection.cpp.

#include "config/settings.hpp"

#include <optional>

#include <sys/types.h>

namespace trafikito::agent::inspection {

struct running_agent {
    pid_t pid = 0;
    uid_t user = 0;
    bool is_of_earlier = false; ///< the configuration was changed after its start
};

std::optional<running_agent> find_running_agent(config::settings const& settings);

} // namespace trafikito::agent::inspection
