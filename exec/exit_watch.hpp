#pragma once
// Tells when a child process has ended: by a pidfd, or, where there is none to be had (before Linux
// 5.3, or refused by a filter of system calls), by SIGCHLD. The end of one that somebody traces is
// no news to its parent, so without a pidfd it is looked for from time to time as well. Used by
// run_child(); never reaps.

#include "base/descriptor.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/types.h>

namespace trafikito::exec {

class exit_watch {
public:
    explicit exit_watch(boost::asio::any_io_executor const& executor);

    /// From now on this child is watched; nobody may reap it as long as it is. `pidfd` is its own,
    /// or none. It takes SIGCHLD when the loop does not take the pidfd.
    void begin(pid_t child, base::descriptor pidfd);

    /// Whether it has ended, also while somebody traces it, which keeps its end from its parent
    /// (without a pidfd that takes /proc).
    [[nodiscard]] bool ended();

    /// Until it has ended, or cancel(): then false. Not to be cancelled by other means.
    boost::asio::awaitable<bool> wait();
    void cancel();

private:
    boost::asio::awaitable<void> wait_for_news();

    pid_t child_ = -1;
    boost::asio::posix::stream_descriptor pidfd_; ///< readable once it has ended
    boost::asio::signal_set ended_children_;      ///< where there is no pidfd, this
    boost::asio::steady_timer next_look_;         ///< and this
    bool cancelled_ = false;
};

} // namespace trafikito::exec
