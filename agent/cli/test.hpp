#pragma once
// `trafikito-agent test`: runs commands of the local list as the daemon would and shows each
// result. Speaks to nobody.

#include "base/log.hpp"
#include "config/settings.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// `names` with or without prefix; all commands of the list when there are none. 0 when each of
/// them exited with 0, else 1.
int test_commands(config::settings const& settings, std::vector<std::string> const& names,
                  base::log& log, std::ostream& out);

} // namespace trafikito::agent::cli
