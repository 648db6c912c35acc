#pragma once
// Whether the agent of an installation lives, for who looks from outside: `status`, `healthcheck`,
// `check`, `test` and `why`. The number that it wrote of itself is that of its own PID namespace;
// the lock of var_dir is the same lock for everybody, and tells of one in another container, too.

#include "agent/persistence/status.hpp"

#include <filesystem>
#include <optional>

#include <sys/types.h>

namespace trafikito::agent::persistence {

struct living_agent {
    /// Its number as seen from here; 0: it is out of sight, in another container perhaps, or it
    /// cannot be told that a process of that number is it. Only another number may be signalled.
    pid_t pid = 0;
};

/// The process that wrote `value` into `var_dir`. Nothing when that is gone. Where /proc/locks
/// names nobody, the lock is tried for a moment, which nobody who waits for it notices.
std::optional<living_agent> find_living(daemon_status const& value,
                                        std::filesystem::path const& var_dir);

/// The effective user of a process. Nothing when it is gone or hidden. (Whom its folder in /proc
/// belongs to does not tell: one that may not be dumped, as the agent, has a folder of root's.)
std::optional<uid_t> user_of(pid_t pid);

} // namespace trafikito::agent::persistence
