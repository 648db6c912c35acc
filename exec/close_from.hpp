#pragma once
// Closes what a child must not inherit, also where close_range(2) (Linux 5.9) is not there or
// refused. Used by the launcher only.

namespace trafikito::exec {

/// Every descriptor from `first` on. Makes system calls and nothing else, and takes 4 KiB of stack:
/// it may run in a child that shares our memory.
void close_from(int first);

} // namespace trafikito::exec
