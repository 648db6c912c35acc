#pragma once
// Starts a cycle every interval, on the steady clock. Owns no cycle state: it knows only whether
// one is running. Used by the daemon.

#include "base/clock.hpp"
#include "base/log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>

namespace trafikito::agent::daemon {

struct loop_hooks {
    /// From one due time to the next, at least 1 ms. Asked each time, because it is tunable.
    std::function<std::chrono::milliseconds()> interval;

    /// Runs one cycle to its end, on a strand of its own (for the isolation of its state, not for
    /// locking: there is one thread). Returns what is to be added to the next due time: the API's
    /// DELAY, and how late the order was answered (order_pace.hpp).
    std::function<boost::asio::awaitable<std::chrono::milliseconds>()> cycle;
};

class minute_loop {
public:
    minute_loop(base::clock& time, base::log& log, loop_hooks hooks)
        : time_(time), log_(log), hooks_(std::move(hooks)) {}

    /// Waits `first`, then starts a cycle whenever one is due. When the last is still running, the
    /// due one is skipped and counted: cycles never pile up. After a gap (the machine slept) one
    /// cycle runs, not the missed ones. Ends, by throwing operation_aborted, when cancelled; the
    /// running cycle is then cancelled too and waited for.
    boost::asio::awaitable<void> run(std::chrono::milliseconds first);

    /// When the next cycle is due; of one that runs, without what it returns.
    [[nodiscard]] base::clock::steady_time due() const { return due_; }

    /// Cycles that were due and did not begin, since the start.
    [[nodiscard]] std::uint64_t skipped() const { return skipped_; }

private:
    boost::asio::awaitable<void> one_cycle();
    void note_skip();

    base::clock& time_;
    base::log& log_;
    loop_hooks hooks_;
    base::clock::steady_time due_;
    std::chrono::milliseconds delay_{0}; ///< of the last cycle, not yet added
    std::uint64_t skipped_ = 0;
};

} // namespace trafikito::agent::daemon
