#pragma once
// Every file and folder that the daemon opens, looked at with the daemon's eyes: what it could not
// read, write or make, and the first step of the way that stops it. Changes nothing.

#include "agent/inspection/access.hpp"
#include "agent/inspection/places.hpp"
#include "config/settings.hpp"

#include <vector>

namespace trafikito::agent::inspection {

struct closed_files {
    std::vector<config::diagnostic> now;   ///< it keeps something from working
    std::vector<config::diagnostic> later; ///< it is in the way when something is read again
};

/// As `who`, whom this process can see as (daemon::eyes_of is asked here). Of the settings'
/// certificates as well, which is what session::open() would fail for.
closed_files find_closed_files(config::settings const& settings, onlooker const& who,
                               places const& written);

} // namespace trafikito::agent::inspection
