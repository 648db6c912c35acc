#pragma once
// Runs a part of a test in a process of its own: as another user, below other limits, in another
// mount namespace.

#include <functional>

namespace trafikito::test {

/// What `run` returns, or 256 and more when a signal ended the process. `run` may return 0 to 255.
int forked(std::function<int()> const& run);

/// Of the calling process, for good: the user that nothing on this machine runs as.
void become_nobody_else();

/// Whether this is root; says what is left out when it is not.
bool root_for(char const* what);

} // namespace trafikito::test
