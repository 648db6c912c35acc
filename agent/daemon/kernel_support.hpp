#pragma once
// What a kernel or a filter of system calls (seccomp(2): that of a container, of a unit) does not
// let this process do. Most of what the agent asks of Linux has another way, which is taken without
// a word; here is what has none. Asked once, at the start.

#include <string>
#include <vector>

namespace trafikito::agent::daemon {

/// Why the agent cannot run here, with the call that must be allowed; empty when it can.
std::string missing_in_kernel();

/// What is worse here than it should be, a sentence each: what is refused, what follows from it,
/// and what to allow. Makes this process a child subreaper, as the warden does.
std::vector<std::string> weak_in_kernel();

} // namespace trafikito::agent::daemon
