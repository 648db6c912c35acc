#pragma once
// Signals are for the thread that waits for them: whoever starts another one holds this meanwhile,
// for a thread begins with the mask of the one that starts it.

#include <csignal>

namespace trafikito::base {

/// All signals, for this thread and as long as this lives.
class signals_blocked {
public:
    signals_blocked() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    signals_blocked(signals_blocked const&) = delete;
    signals_blocked& operator=(signals_blocked const&) = delete;

private:
    sigset_t before_{};
};

} // namespace trafikito::base
