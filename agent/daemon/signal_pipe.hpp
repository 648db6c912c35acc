#pragma once
// Signals with their senders, where signalfd(2) is refused by a filter of system calls. Used by
// signals.hpp.

#include <initializer_list>

namespace trafikito::agent::daemon {

/// From now on each of these signals is written into a pipe as a signalfd_siginfo, of which the
/// number and the sender are set. Its reading end, which does not block; -1 and errno when there is
/// no pipe to be had. Once in a process.
int open_signal_pipe(std::initializer_list<int> numbers);

} // namespace trafikito::agent::daemon
