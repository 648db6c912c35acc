#pragma once
// Signals that would end a program which has no use for them. Both programs call it as they start.

#include <csignal>
#include <initializer_list>

namespace trafikito::base {

/// A reader that has gone and a file that must not grow are writes that fail.
inline void ignore_signals_of_writes() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

/// They mean nothing to a daemon of ours.
inline void ignore_meaningless_signals() {
    for (int const number : {SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR}) {
        std::signal(number, SIG_IGN);
    }
}

} // namespace trafikito::base
