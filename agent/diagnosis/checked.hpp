#pragma once
// What the parsers of files and `check` found, as a cause.

#include "agent/diagnosis/step.hpp"
#include "config/diagnostic.hpp"

#include <string>

namespace trafikito::agent::diagnosis {

/// `FILE:LINE:COLUMN`, as far as they are known.
std::string place_of(config::diagnostic const& one);

/// What its hint says that is to be typed (`Type: …`) is the command.
cause cause_of(config::diagnostic const& one, rank as);

} // namespace trafikito::agent::diagnosis
