#pragma once
// The two ways of running cycles: for good in the foreground, and once.

#include "base/log.hpp"
#include "config/settings.hpp"

#include <string>
#include <vector>

namespace trafikito::agent::daemon {

/// Runs until SIGTERM, SIGINT or SIGQUIT (of no command of its own): then children are stopped and
/// it returns 0 within 5 s; a second signal ends the process at once. SIGHUP reads everything
/// again. 2 when it cannot start, 75 (EX_TEMPFAIL) while another agent is there.
int run_daemon(config::settings settings, std::vector<std::string> environment, base::log& log);

/// One cycle: 0 when its report was accepted, 1 when not, 2 and 75 as above. Waits first, and says
/// so, when the last order is less than an interval ago.
int run_once(config::settings settings, std::vector<std::string> environment, base::log& log);

} // namespace trafikito::agent::daemon
