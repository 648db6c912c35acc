#pragma once
// Waiting for what another process does, within a bound. Ctrl-C and TERM end the bench here, by an
// exception: so everything that was started is ended by its owner.

#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <stdexcept>
#include <string>

namespace trafikito::test::bench {

struct interrupted : std::runtime_error {
    interrupted() : std::runtime_error("interrupted") {}
};

/// Set by the signal handler of main.
inline std::sig_atomic_t volatile stop_asked = 0;

/// From now on SIGINT, SIGTERM and SIGHUP make the next wait throw `interrupted`.
inline void stop_on_signals() {
    struct sigaction action{};
    action.sa_handler = [](int) { stop_asked = 1; };
    for (int const number : {SIGINT, SIGTERM, SIGHUP}) {
        ::sigaction(number, &action, nullptr);
    }
    std::signal(SIGPIPE, SIG_IGN);
}

/// Sleeps without a wake-up of its own, which would keep the processor warm for what is measured.
/// It is for measuring over a time; never for hoping that something has happened by then.
inline void pass(std::chrono::nanoseconds time) {
    timespec end{};
    ::clock_gettime(CLOCK_MONOTONIC, &end);
    auto const nanoseconds = end.tv_nsec + time.count();
    end.tv_sec += nanoseconds / 1'000'000'000;
    end.tv_nsec = nanoseconds % 1'000'000'000;
    while (stop_asked == 0 &&
           ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, nullptr) == EINTR) {
    }
    if (stop_asked != 0) {
        throw interrupted();
    }
}

/// Looks at `condition` fifty times a second; throws when it does not come true within `bound`.
template <class Condition>
void wait_for(std::string const& what, Condition condition,
              std::chrono::seconds bound = std::chrono::seconds(60)) {
    auto const end = std::chrono::steady_clock::now() + bound;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            throw std::runtime_error("waited " + std::to_string(bound.count()) + " s for " + what);
        }
        pass(std::chrono::milliseconds(20));
    }
}

} // namespace trafikito::test::bench
