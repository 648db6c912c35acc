#pragma once
// Runs commands for `test`, once or several times, each time all of them as one cycle of the daemon
// would: with its limits, so many at once, and nothing left behind. Ctrl-C ends it. What runs at
// that moment is ended, and what has not begun does not.

#include "agent/cli/progress_line.hpp"
#include "config/settings.hpp"
#include "exec/run_all.hpp"

#include <functional>
#include <vector>

namespace trafikito::agent::cli {

struct trial_order {
    std::vector<exec::command> commands;
    exec::execution_environment around;
    std::size_t rounds = 1;
};

/// Told of each end: which of the commands, what became of it, and whether the test has been
/// interrupted by then.
using on_trial_result =
    std::function<void(std::size_t index, exec::result&& ended, bool interrupted)>;

/// False when it was interrupted. `progress` is drawn each second and with each end.
bool run_trial(trial_order order, config::settings const& settings, progress_line& progress,
               on_trial_result ended);

} // namespace trafikito::agent::cli
