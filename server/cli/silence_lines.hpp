#pragma once
// All that is known of a machine, a line for each subject: the part of silence.hpp that judges
// nothing but the line itself.

#include "server/cli/silence.hpp"

#include <string>
#include <vector>

namespace trafikito::server::cli {

std::vector<silence::line> lines_of(machine_facts const& facts);

/// Of a refusal of the kind refused::clock: by how much that machine's clock is ahead.
std::string clock_in_words(store::refusal const& one);

} // namespace trafikito::server::cli
