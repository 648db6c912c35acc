#pragma once
// Runs one command to its end: start, read, time out, kill its group, reap. Used by run_all();
// never interprets what is printed and never outlives its child's bound.

#include "exec/command.hpp"
#include "exec/result.hpp"
#include "exec/scratch_file.hpp"
#include "exec/warden.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace trafikito::exec {

/// The bounds of one run, put together from limits and the command's own options.
struct bounds {
    std::chrono::milliseconds timeout;    ///< TERM after it
    std::chrono::milliseconds kill_grace; ///< KILL after TERM
    std::uint64_t max_output;             ///< bytes kept
};

/// doc/protocol.md, "Files of an installation": the shell does both readings, that of the
/// assignment as a double-quoted string and that of its value as a command. stdout and stderr are
/// one stream.
///
/// The command ends when its main process does: what it left in its process group is killed, and
/// its output is read for as long as more comes within 200 ms, one second at most.
///
/// A terminal cancellation is taken as "your time is over": the children are stopped, and the
/// result says so. It never throws for what a command does.
boost::asio::awaitable<result> run_child(command const& what, execution_environment const& around,
                                         bounds within, warden& warden,
                                         std::shared_ptr<scratch_file> where);

/// The script that /bin/sh is given for a command.
std::string shell_script(command const& what);

} // namespace trafikito::exec
