#pragma once
// Tells when a child process has ended: by a pidfd, or, where there is none to be had (before Linux
// 5.3, or refused by a filter of system calls), by SIGCHLD. The end of one that somebody traces is
// no news to its parent, so without a pidfd it is looked for from time to time as well. Used by
// run_child(); never reaps.

#include "base/descriptor.hpp"
#include "exec/pidfd_set.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/types.h>

#include <optional>

namespace trafikito::exec {

class exit_watch final : private pidfd_set::listener {
public:
    exit_watch(boost::asio::any_io_executor const& executor, pidfd_set& all);
    ~exit_watch();
    exit_watch(exit_watch const&) = delete;
    exit_watch& operator=(exit_watch const&) = delete;

    /// From now on this child is watched; nobody may reap it as long as it is. `pidfd` is its own,
    /// or none. It takes SIGCHLD when the pidfd cannot be watched.
    void begin(pid_t child, base::descriptor pidfd);

    /// Whether it hears of the end without SIGCHLD.
    [[nodiscard]] bool needs_no_signal() const { return pidfd_.open(); }

    /// Whether it is known to have ended, also while somebody traces it, which keeps its end from
    /// its parent (without a pidfd that takes /proc).
    [[nodiscard]] bool ended() const;

    /// Until it has ended, or cancel(), or the coroutine is cancelled and was not before; true when
    /// it has. The coroutine must not throw when it is cancelled.
    boost::asio::awaitable<bool> wait();
    void cancel();

    /// It has been reaped, or is given up.
    void end();

private:
    void process_ended() override;
    boost::asio::awaitable<void> wait_for_news();

    pid_t child_ = -1;
    pidfd_set& all_;
    base::descriptor pidfd_;
    boost::asio::steady_timer news_;                        ///< cancelled when there are any
    std::optional<boost::asio::signal_set> ended_children_; ///< where there is no pidfd
    bool told_ = false;                                     ///< by the pidfd
    bool cancelled_ = false;
};

} // namespace trafikito::exec
