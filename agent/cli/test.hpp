#pragma once
// `trafikito-agent test`: runs commands of the local list as the daemon would, and shows what they
// give. Speaks to nobody, and leaves a daemon that runs alone.

#include "agent/cli/command_line.hpp"
#include "base/output.hpp"

#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// As `run_as`, and under systemd as the agent's unit does, where root asks. 0 when each command
/// exited with 0 and nothing of it is left, 1 when not, 2 when a name is not in the list, or the
/// configuration or the list cannot be read.
int test(test_request const& what, std::vector<std::string> const& environment, base::console& to);

} // namespace trafikito::agent::cli
