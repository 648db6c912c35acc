#pragma once
// The last thing before a process that must end at once: what it started shall not outlive it. Used by the
// agent on a second signal only; whoever has time stops commands by cancelling run_all().

namespace trafikito::exec {

/// Sends KILL to the process group of each child that the calling thread started and that is not reaped yet.
/// Waits for nothing. Does nothing where the kernel does not list children (proc(5), CONFIG_PROC_CHILDREN).
void kill_children();

} // namespace trafikito::exec
