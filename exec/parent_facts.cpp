#include "exec/parent_facts.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

namespace trafikito::exec {

namespace {

std::vector<int> find_ignored_signals() {
    std::vector<int> found;
    for (int number = 1; number < NSIG; ++number) {
        struct sigaction now{};
        if (::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN) {
            found.push_back(number);
        }
    }
    return found;
}

/// Never where the child's own three go.
int open_no_input() {
    base::descriptor const input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return input.open() ? ::fcntl(input.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : -1;
}

} // namespace

parent_facts::parent_facts()
    : ignored_signals_(find_ignored_signals()), no_input_(open_no_input()) {
    read_limit(RLIMIT_LOCKS, locks_);
}

std::uint64_t parent_facts::peak_memory() {
    constexpr std::chrono::seconds fresh{1};
    auto const now = std::chrono::steady_clock::now();
    if (peak_ == 0 || now - peak_seen_ > fresh) {
        rusage own{};
        ::getrusage(RUSAGE_SELF, &own);
        peak_ = static_cast<std::uint64_t>(own.ru_maxrss) * 1024;
        peak_seen_ = now;
    }
    return peak_;
}

// glibc makes the call by prlimit(2); the older one, where the machine has it, may be allowed when
// that is refused.
bool read_limit(__rlimit_resource resource, rlimit& limit) {
#ifdef SYS_getrlimit
    return ::getrlimit(resource, &limit) == 0 ||
           ::syscall(SYS_getrlimit, static_cast<int>(resource), &limit) == 0;
#else
    return ::getrlimit(resource, &limit) == 0;
#endif
}

} // namespace trafikito::exec
