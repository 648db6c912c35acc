#pragma once
// All that a cycle needs in a test: an installation in a directory of its own, real commands, and
// what lasts from one cycle to the next. The API and the clock are the test's.

#include "agent/cycle/cycle.hpp"

#include "test/support/temporary_directory.hpp"

#include <functional>
#include <optional>
#include <string>

namespace trafikito::test {

/// Those of an installation in `base`, whose var/ is made.
config::settings settings_below(std::filesystem::path const& base);

/// One cycle, and whatever it started, to the end. Each has a warden of its own here.
agent::cycle::cycle_outcome
run_to_its_end(std::function<agent::cycle::cycle_tools(exec::warden& warden)> const& tools_with);

template <class Clock>
struct cycle_rig {
    cycle_rig() { restart(); }

    /// Another process on the same files.
    void restart() {
        state.emplace(settings.var_dir / "trafikito.state");
        pace.emplace(*state, time);
        spool.emplace(settings.var_dir / "spool");
        spool->adopt(settings.tmp_file);
    }

    void commands(std::string const& text) const {
        (void)here.write("available_commands.sh", text);
    }

    agent::cycle::cycle_outcome run(net::api::client& api) {
        return run_to_its_end([&](exec::warden& warden) {
            return agent::cycle::cycle_tools{.settings = settings,
                                             .around = around,
                                             .api = api,
                                             .time = time,
                                             .log = log,
                                             .state = *state,
                                             .pace = *pace,
                                             .feedback = gate,
                                             .cache = cache,
                                             .warden = warden,
                                             .spool = *spool,
                                             .audit = audit};
        });
    }

    [[nodiscard]] bool says(std::string const& text) const {
        return logged.find(text) != std::string::npos;
    }

    temporary_directory here;
    config::settings settings = settings_below(here.path());
    exec::execution_environment around = exec::clean_environment(here.path(), "/", "nobody");
    Clock time;
    std::string logged;
    base::log log{[this](std::string_view line) { logged += line; }, base::severity::info,
                  base::log::format::journal};
    std::optional<agent::persistence::state_file> state;
    std::optional<agent::cycle::order_pace> pace;
    std::optional<agent::persistence::report_spool> spool;
    agent::persistence::audit audit{settings.var_dir, time, log};
    agent::cycle::feedback_gate gate;
    agent::cycle::result_cache cache;
};

} // namespace trafikito::test
