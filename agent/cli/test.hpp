#pragma once
// `trafikito-agent test`: runs commands of the local list as the daemon would and shows each
// result, made harmless for a terminal unless bytes are asked for. Speaks to nobody.

#include "agent/cli/command_line.hpp"
#include "base/log.hpp"
#include "base/output.hpp"
#include "config/settings.hpp"

namespace trafikito::agent::cli {

/// Names with or without prefix; all commands of the list when there are none. 0 when each of them
/// exited with 0, else 1.
int test_commands(config::settings const& settings, test_request const& what, base::log& log,
                  base::output& out);

} // namespace trafikito::agent::cli
