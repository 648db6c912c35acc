#include "agent/daemon/process_defaults.hpp"

#include "base/ignored_signals.hpp"
#include "base/output.hpp"
#include "net/link/openssl_words.hpp"

#include <csignal>
#include <cstdlib>
#include <malloc.h>
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

/// The threads that look up names and wait for a full log's reader hardly allocate: an arena of
/// their own each would be memory that nobody else can use.
void share_memory_among_threads() {
#ifdef M_ARENA_MAX // of glibc
    ::mallopt(M_ARENA_MAX, 1);
#endif
}

} // namespace

void set_process_defaults() {
    if (!base::hold_standard_descriptors()) {
        std::_Exit(1); // nowhere to say why
    }
    hear_signals();
    close_to_others();
    ::umask(S_IWGRP | S_IWOTH);
    share_memory_among_threads();
    net::link::postpone_openssl_words();
}

} // namespace trafikito::agent::daemon
