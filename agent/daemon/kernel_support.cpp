#include "agent/daemon/kernel_support.hpp"

#include "base/descriptor.hpp"
#include "exec/process_info.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace trafikito::agent::daemon {

namespace {

constexpr char const* remedy =
    "Allow it in the filter of system calls: the seccomp profile of the container, or "
    "SystemCallFilter= of the unit.";

std::string refused(char const* call, int error) {
    return std::string(call) + " is refused (" + std::generic_category().message(error) + "): ";
}

/// Asked by setting it to what it is.
bool may_set_death_signal() {
    int now = 0;
    return ::prctl(PR_GET_PDEATHSIG, &now) == 0 && ::prctl(PR_SET_PDEATHSIG, now) == 0;
}

bool is_closed_to_others() {
    return ::prctl(PR_GET_DUMPABLE) == 0 || ::prctl(PR_SET_DUMPABLE, 0) == 0;
}

/// Without arguments it can only fail; what matters is how. The C library starts threads by another
/// call when this one is not there, but not when it is forbidden.
bool may_start_threads() {
    return ::syscall(SYS_clone3, nullptr, 0) == 0 || errno != EPERM;
}

} // namespace

std::string missing_in_kernel() {
    auto const for_want_of = [](char const* call, char const* consequence) {
        return refused(call, errno) + consequence + remedy;
    };
    auto const by_filter = [] { return errno == EPERM || errno == EACCES || errno == ENOSYS; };
    base::descriptor const events(::epoll_create1(EPOLL_CLOEXEC));
    if (!events.open() && errno != ENOSYS && by_filter()) { // else there is epoll_create
        return for_want_of("epoll_create1", "the agent cannot wait for anything. ");
    }
    if (events.open() && ::fcntl(events.get(), F_GETFD) < 0 && by_filter()) {
        return for_want_of("fcntl", "pipes to commands cannot be set up. ");
    }
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) == 0) {
        ::close(ends[0]);
        ::close(ends[1]);
    } else if (by_filter()) {
        return for_want_of("pipe2", "commands could not print anything. ");
    }
    struct sigaction now{};
    if (::sigaction(SIGPIPE, nullptr, &now) != 0 && by_filter()) {
        return for_want_of("rt_sigaction", "the agent cannot be told to end. ");
    }
    return {};
}

std::vector<std::string> weak_in_kernel() {
    std::vector<std::string> found;
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 && ::getpid() != 1) {
        found.push_back(refused("prctl(PR_SET_CHILD_SUBREAPER)", errno) +
                        "what a command leaves behind is handed to another process. It is looked "
                        "for among all processes, and found by its tag, session, group or cgroup "
                        "alone. " +
                        remedy);
    }
    if (!may_set_death_signal()) {
        found.push_back(refused("prctl(PR_SET_PDEATHSIG)", errno) +
                        "a command that runs while the agent is killed (kill -9) runs on. " +
                        remedy);
    }
    if (!is_closed_to_others()) {
        found.push_back(refused("prctl(PR_SET_DUMPABLE)", errno) +
                        "other processes of the agent's user, its commands among them, may read "
                        "the API key in its memory. " +
                        remedy);
    }
    if (!may_start_threads()) {
        found.push_back(refused("clone3", errno) +
                        "no thread can be started, so the agent stands still while it looks up the "
                        "name of an API. Let the filter of system calls answer ENOSYS, or allow "
                        "the call.");
    }
    if (!exec::shows_processes()) {
        found.emplace_back("/proc is not mounted, or does not show this process: what a command "
                           "leaves behind is looked for by trying the numbers that follow its own, "
                           "and may be missed. Mount it: mount -t proc proc /proc");
    }
    return found;
}

} // namespace trafikito::agent::daemon
