#include "exec/exit_watch.hpp"

#include "exec/process_info.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <poll.h>

#include <chrono>
#include <csignal>

namespace trafikito::exec {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds between_looks{200};

} // namespace

exit_watch::exit_watch(asio::any_io_executor const& executor)
    : pidfd_(executor), ended_children_(executor), next_look_(executor) {}

void exit_watch::begin(pid_t child, base::descriptor pidfd) {
    child_ = child;
    error_code failed;
    if (pidfd.open()) {
        pidfd_.assign(pidfd.get(), failed);
        if (!failed) {
            (void)pidfd.release(); // pidfd_ has it
            return;
        }
    }
    ended_children_.add(SIGCHLD, failed);
}

bool exit_watch::ended() {
    if (pidfd_.is_open()) {
        pollfd ready{pidfd_.native_handle(), POLLIN, 0};
        return ::poll(&ready, 1, 0) == 1;
    }
    auto const seen = look_at(child_);
    return !seen || seen->ended();
}

// A spurious wake-up must not lead to a wait that blocks; and SIGCHLD may be of any child.
asio::awaitable<bool> exit_watch::wait() {
    while (!ended()) {
        if (cancelled_) {
            co_return false;
        }
        co_await wait_for_news();
    }
    co_return true;
}

asio::awaitable<void> exit_watch::wait_for_news() {
    if (pidfd_.is_open()) {
        error_code ignored;
        co_await pidfd_.async_wait(asio::posix::stream_descriptor::wait_read,
                                   asio::redirect_error(asio::use_awaitable, ignored));
        co_return;
    }
    next_look_.expires_after(between_looks);
    auto either = asio::experimental::make_parallel_group(
        ended_children_.async_wait(asio::deferred), next_look_.async_wait(asio::deferred));
    co_await either.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
}

void exit_watch::cancel() {
    cancelled_ = true;
    error_code ignored;
    pidfd_.cancel(ignored);
    ended_children_.cancel(ignored);
    next_look_.cancel();
}

} // namespace trafikito::exec
