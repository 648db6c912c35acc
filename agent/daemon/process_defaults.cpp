#include "agent/daemon/process_defaults.hpp"

#include "base/ignored_signals.hpp"
#include "base/output.hpp"

#include <csignal>
#include <cstdlib>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trafikito::agent::daemon {

namespace {

void hear_signals() {
    sigset_t none;
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    std::signal(SIGCHLD, SIG_DFL);
    base::ignore_signals_of_writes();
    base::ignore_meaningless_signals();
}

// Commands run as the same user: they shall find the API key neither in our memory nor in the
// environment that we were started with, nor in a core.
void close_to_others() {
    ::prctl(PR_SET_DUMPABLE, 0);
}

} // namespace

void set_process_defaults() {
    if (!base::hold_standard_descriptors()) {
        std::_Exit(1); // nowhere to say why
    }
    hear_signals();
    close_to_others();
    ::umask(S_IWGRP | S_IWOTH);
}

} // namespace trafikito::agent::daemon
