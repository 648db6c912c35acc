#pragma once
// `test` under systemd: where a unit starts the agent with this configuration, commands are run in
// a transient service that has the unit's own user, rights, limits and view of the machine
// (systemd-run), so that what works there works in service. The agent that runs is not touched.

#include "agent/cli/caller.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// A unit that starts the agent with this configuration.
struct agents_unit {
    std::string name; ///< `trafikito-agent.service`
    std::string text; ///< of its files, as `systemctl cat` prints them
};

/// Asks systemd, where it runs here, for trafikito-agent.service, and for trafikito-agent@NAME
/// where the configuration is NAME/trafikito.cfg: five seconds at most. Nothing where neither reads
/// `config`.
std::optional<agents_unit> find_agents_unit(std::filesystem::path const& config);

/// What tells the program that runs in the unit's place who has called: a variable of its
/// environment.
inline constexpr std::string_view caller_variable = "AGENT_TEST_CALLER";

/// What that program adds to an exit code that is not 0, so that it is none of systemd's.
inline constexpr int ran_as_unit = 40;

/// The service that runs it.
std::string trial_service();

/// Runs this very program with `arguments` as that unit's agent would run; only root can. Ctrl-C
/// ends it. Its exit code; nothing where systemd does not start it, which its own tool has said by
/// then.
std::optional<int> run_as_unit(agents_unit const& unit, std::vector<std::string> const& arguments,
                               caller const& who);

} // namespace trafikito::agent::cli
