#pragma once
// Which commands of a list need a program that gains rights by being run (sudo, su, doas, a ping
// with capabilities): with NoNewPrivileges= of a unit it gains none, and the command fails for no
// reason that its owner would find. `check` asks.

#include "agent/inspection/script.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace trafikito::agent::inspection {

/// The words of a command line that are programs to run, wrappers (`nice`, `timeout 5`) and what
/// they run alike, as far as that can be seen without a shell: `a | sudo b` has all three.
std::vector<std::string> programs_in(std::string_view text);

/// Whether that program does nothing without rights that it gains by being run: one that becomes
/// another user, or a ping, where only its own file may open the sockets that it needs (not where
/// ping_group_range of icmp(7) lets everybody of `group`). Looked for below `root`.
bool needs_to_gain_rights(std::string const& program, gid_t group,
                          std::filesystem::path const& root = "/");

/// Why such a program gains none where it lies: the mount is nosuid. Nothing for any other.
std::optional<script_fault> find_lost_rights(std::filesystem::path const& program, gid_t group);

/// Who a process is that gains no rights any more, from the text of its /proc/PID/status (proc(5)).
/// Nothing of one that does.
struct bound_process {
    uid_t user = 0;
    gid_t group = 0;
};
std::optional<bound_process> find_bound(std::string_view proc_status);

} // namespace trafikito::agent::inspection
