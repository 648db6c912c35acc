#pragma once
// What a `daemon=yes` command leaves is meant to stay, also when the agent is restarted, upgraded
// or killed. A service manager ends a service by its cgroup, and whatever the agent started is in
// there. So it is moved out: into a scope of its own where systemd makes one, else into a cgroup
// beside the agent's. Used by run_child() when such a command has ended.

#include "exec/command.hpp"
#include "exec/warden.hpp"

#include <boost/asio/awaitable.hpp>

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace trafikito::exec {

/// Moves those of `left`, and all below them, that are still in the agent's own cgroup, when that
/// is the cgroup of a service. Takes a few seconds at most, whatever systemd does. Returns in words
/// why they will end with the agent's service; empty when they will not.
boost::asio::awaitable<std::string> move_out_of_service(std::string command_name,
                                                        std::vector<pid_t> left,
                                                        execution_environment const& around,
                                                        warden& warden);

/// For `check`: why that would not work where systemd starts the agent as that user; empty when it
/// would, or nobody ends services by their cgroup here.
std::string why_daemons_end_with_agent(uid_t agents_user);

/// The cgroup by which systemd knows a process (v2, or its own hierarchy), from the text of
/// /proc/PID/cgroup; empty when it is in none of a service.
std::string find_service_cgroup(std::string_view text);

} // namespace trafikito::exec
