#include "exec/exit_watch.hpp"

#include "exec/process_info.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <csignal>
#include <utility>

namespace trafikito::exec {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds between_looks{200};

} // namespace

exit_watch::exit_watch(asio::any_io_executor const& executor, pidfd_set& all)
    : all_(all), news_(executor) {}

exit_watch::~exit_watch() {
    end();
}

void exit_watch::end() {
    if (pidfd_.open()) {
        all_.remove(pidfd_.get());
        pidfd_.close();
    }
}

void exit_watch::begin(pid_t child, base::descriptor pidfd) {
    child_ = child;
    if (pidfd.open() && all_.add(pidfd.get(), *this)) {
        pidfd_ = std::move(pidfd);
    } else {
        error_code ignored;
        ended_children_.emplace(news_.get_executor()).add(SIGCHLD, ignored);
    }
}

void exit_watch::process_ended() {
    told_ = true;
    news_.cancel();
}

bool exit_watch::ended() const {
    if (!ended_children_) {
        return told_;
    }
    auto const seen = look_at(child_);
    return !seen || seen->ended();
}

// SIGCHLD may be of any child.
asio::awaitable<bool> exit_watch::wait() {
    auto const before = co_await asio::this_coro::cancellation_state;
    bool const known = before.cancelled() != asio::cancellation_type::none;
    while (!ended() && !cancelled_) {
        co_await wait_for_news();
        auto const now = co_await asio::this_coro::cancellation_state;
        if (!known && now.cancelled() != asio::cancellation_type::none) {
            break;
        }
    }
    co_return ended();
}

asio::awaitable<void> exit_watch::wait_for_news() {
    if (!ended_children_) {
        news_.expires_at(asio::steady_timer::time_point::max());
        error_code ignored;
        co_await news_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        co_return;
    }
    news_.expires_after(between_looks);
    auto either = asio::experimental::make_parallel_group(
        ended_children_->async_wait(asio::deferred), news_.async_wait(asio::deferred));
    co_await either.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
}

void exit_watch::cancel() {
    cancelled_ = true;
    end();
    news_.cancel();
    if (ended_children_) {
        error_code ignored;
        ended_children_->cancel(ignored);
    }
}

} // namespace trafikito::exec
