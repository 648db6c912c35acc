// Hearing of children that end, and reaping those that nobody waits for.
#include "exec/warden.hpp"

#include <boost/asio/post.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <utility>

namespace trafikito::exec {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds between_reapings{200};
constexpr int reaped_at_once = 500;

sigset_t child_signal() {
    sigset_t only;
    ::sigemptyset(&only);
    ::sigaddset(&only, SIGCHLD);
    return only;
}

void block_child_signal(int how) {
    auto const only = child_signal();
    ::pthread_sigmask(how, &only, nullptr);
}

/// One that waits to be delivered.
void forget_child_signal() {
    auto const only = child_signal();
    timespec const at_once{};
    ::sigtimedwait(&only, nullptr, &at_once);
}

} // namespace

void warden::listen() {
    ended_children_.async_wait([this, stopped = stopped_](boost::system::error_code failed, int) {
        if (failed || *stopped) {
            return;
        }
        reap_orphans();
        listen();
    });
}

/// While commands run SIGCHLD is blocked: it would only tell once more what is known of their main
/// processes by other means, at a dozen system calls each. Orphans are reaped whenever a command
/// ends, and from time to time.
void warden::turn_deaf() {
    if (!std::exchange(deaf_, true)) {
        block_child_signal(SIG_BLOCK);
        reap_from_time_to_time();
    }
}

void warden::hear_again() {
    if (std::exchange(deaf_, false)) {
        next_reaping_.cancel();
        forget_child_signal(); // who ends from now on is told of anew; the others are looked for
        block_child_signal(SIG_UNBLOCK);
        reap_orphans();
    }
}

void warden::reap_from_time_to_time() {
    next_reaping_.expires_after(between_reapings);
    next_reaping_.async_wait([this, stopped = stopped_](boost::system::error_code cancelled) {
        if (!cancelled && !*stopped && deaf_) {
            if (running_.empty()) { // what was to be started could not be
                hear_again();
            } else {
                reap_from_time_to_time();
                reap_orphans();
            }
        }
    });
}

// The main process of a running command is left to its own waiter, or its exit status would be
// lost; until that one has reaped it, it hides the others.
bool warden::reap_orphan() {
    siginfo_t ended{};
    if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0) {
        return errno != ECHILD && reap_listed();
    }
    return ended.si_pid != 0 && !running_.contains(ended.si_pid) && reap(ended.si_pid);
}

/// Where waitid(2) is refused, by a filter of system calls.
bool warden::reap_listed() {
    return std::ranges::any_of(children_of(::getpid()), [this](pid_t child) {
        return !running_.contains(child) && reap(child);
    });
}

/// False as long as its end is hidden by somebody who traces it.
bool warden::reap(pid_t orphan) {
    if (::waitpid(orphan, nullptr, WNOHANG) != orphan) {
        return false;
    }
    // From now on somebody else may get that number.
    std::erase_if(permitted_, [&](auto const& one) { return one.pid == orphan; });
    std::erase_if(unkillable_, [&](auto const& one) { return one.second.pid == orphan; });
    seen_.forget(orphan);
    return true;
}

void warden::reap_orphans() {
    for (int reaped = 0; reaped < reaped_at_once; ++reaped) {
        if (!reap_orphan()) {
            return;
        }
    }
    // There may be no end of them as long as somebody makes more: others have their turn first.
    asio::post(ended_children_.get_executor(), [this, stopped = stopped_] {
        if (!*stopped) {
            reap_orphans();
        }
    });
}

} // namespace trafikito::exec
