#pragma once
// clone3(2) with CLONE_INTO_CGROUP, for which glibc has no wrapper. Used by the launcher only.

#include <sys/types.h>

#include <cstddef>
#include <span>

namespace trafikito::exec {

/// As clone(2) with CLONE_VM, CLONE_VFORK, CLONE_PIDFD and SIGCHLD: `run(argument)` on `stack`, and
/// the parent goes on when the child has called exec or ended; `run` must not return. The child is
/// born in the cgroup of which `cgroup` is the directory: moving it there later makes the whole
/// machine wait. -1 and errno on failure; ENOSYS where there is no such call, or a filter of system
/// calls says so.
pid_t clone_into(int cgroup, std::span<std::byte> stack, int (*run)(void*), void* argument,
                 int& handle);

} // namespace trafikito::exec
