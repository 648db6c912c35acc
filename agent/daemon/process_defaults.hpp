#pragma once
// What a process inherits from whoever started it and must not depend on. Used by main() before
// anything else.

namespace trafikito::agent::daemon {

/// Holds the place of standard descriptors that are closed (a socket that took their number would
/// get the log; base/output.hpp), hears every signal again (under an ignored SIGCHLD no end of a
/// command can be seen), ignores SIGPIPE and SIGXFSZ, closes memory and environment to other
/// processes of the same user (prctl(2), PR_SET_DUMPABLE; no core either), lets nobody else write
/// to files made here, and keeps libraries from holding memory that they seldom need.
void set_process_defaults();

} // namespace trafikito::agent::daemon
