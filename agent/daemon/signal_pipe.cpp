#include "agent/daemon/signal_pipe.hpp"

#include <fcntl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace trafikito::agent::daemon {

namespace {

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): a handler has no other way
std::sig_atomic_t volatile writing_end = -1;

/// A pipe that is full holds 500 of them already: one more says nothing new.
void pass_on(int number, siginfo_t* info, void* /*context*/) {
    int const before = errno;
    signalfd_siginfo one{};
    one.ssi_signo = static_cast<std::uint32_t>(number);
    one.ssi_pid = info->si_code <= 0 ? static_cast<std::uint32_t>(info->si_pid) : 0;
    [[maybe_unused]] auto const written = ::write(writing_end, &one, sizeof one);
    errno = before;
}

} // namespace

int open_signal_pipe(std::initializer_list<int> numbers) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        return -1;
    }
    writing_end = ends[1];
    struct sigaction action{};
    action.sa_sigaction = pass_on;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    ::sigfillset(&action.sa_mask);
    for (int const number : numbers) {
        ::sigaction(number, &action, nullptr);
    }
    return ends[0];
}

} // namespace trafikito::agent::daemon
