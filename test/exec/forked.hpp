#pragma once
// Runs a part of a test in a process of its own: as another user, below other limits, in another
// mount namespace.

#include <functional>

namespace trafikito::test {

/// What `run` returns, or 256 and more when a signal ended the process. `run` may return 0 to 255.
int forked(std::function<int()> const& run);

/// Of the calling process, for good: a user that nothing on this machine runs as, no other test
/// either. The kernel counts a user's processes (RLIMIT_NPROC) wherever they run, and whatever one
/// of them may do to itself it may do to the others.
void become_nobody_else();

/// Whether this is root; says what is left out when it is not.
bool root_for(char const* what);

} // namespace trafikito::test
