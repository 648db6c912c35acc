#pragma once
// Runs the commands of one order: at most max_parallel at once, none longer than its time, all of
// them within cycle_timeout. Used by agent::cycle and `trafikito-agent test`; knows nothing of
// orders or reports.

#include "exec/command.hpp"
#include "exec/result.hpp"
#include "exec/warden.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <functional>
#include <vector>

namespace trafikito::exec {

/// Told of each command as it ends, in the order of ending; `index` counts in the order asked.
/// Called on the cycle's strand; it takes the result over and must not block.
using on_result = std::function<void(std::size_t index, result&& ended)>;

/// What lasts beyond one order.
struct run_tools {
    exec::warden& warden;
    std::filesystem::path spool_directory; ///< where outputs lie while they are gathered
};

/// Completes when every command has a result. Those that cycle_timeout leaves no time to start are
/// `not_started`, with that reason, and so are those whose last run left something that cannot be
/// killed. Where a limit of processes, memory or descriptors is reached, what could not be started
/// waits for those that run, fewer run at once from then on (room.hpp), and only what found no room
/// until cycle_timeout, or for five seconds in which nothing of ours ran, is `not_started`.
/// A command whose shell came to nothing but `Cannot fork` counts as one that could not be started.
/// Commands begin in the order given. A terminal cancellation stops what runs and starts nothing
/// more; even then every command gets its result.
boost::asio::awaitable<void> run_all(std::vector<command> commands, execution_environment around,
                                     limits within, run_tools tools, on_result ended);

} // namespace trafikito::exec
