#include "agent/daemon/signals.hpp"

#include "agent/daemon/signal_pipe.hpp"

#include <boost/system/system_error.hpp>

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace trafikito::agent::daemon {

namespace {

int open_signals(std::initializer_list<int> numbers) {
    sigset_t set;
    ::sigemptyset(&set);
    for (int const number : numbers) {
        ::sigaddset(&set, number);
    }
    int const opened = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (opened >= 0) {
        ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
        return opened;
    }
    int const instead = open_signal_pipe(numbers);
    if (instead < 0) {
        throw boost::system::system_error(errno, boost::system::generic_category(),
                                          "signals cannot be read");
    }
    return instead;
}

} // namespace

signals::signals(boost::asio::any_io_executor const& executor, std::initializer_list<int> numbers)
    : descriptor_(executor, open_signals(numbers)) {}

void signals::listen(std::function<void(received_signal)> handler) {
    handler_ = std::move(handler);
    wait();
}

void signals::stop() {
    boost::system::error_code ignored;
    descriptor_.close(ignored);
}

void signals::wait() {
    descriptor_.async_wait(
        boost::asio::posix::descriptor_base::wait_read, [this](boost::system::error_code failed) {
            if (failed) {
                return;
            }
            // One at a time: what it leads to may be the end of this.
            signalfd_siginfo one{};
            if (::read(descriptor_.native_handle(), &one, sizeof one) == sizeof one) {
                handler_({static_cast<int>(one.ssi_signo), static_cast<pid_t>(one.ssi_pid)});
            }
            if (descriptor_.is_open()) {
                wait();
            }
        });
}

} // namespace trafikito::agent::daemon
