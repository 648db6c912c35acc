#include "test/support/system_call_filter.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <linux/wait.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace trafikito::test {

namespace {

constexpr std::uint32_t whole = ~0U;

/// The lower half of an argument; the machines that we are built for are little-endian.
constexpr std::uint32_t place_of(unsigned argument) {
    return static_cast<std::uint32_t>(offsetof(seccomp_data, args) +
                                      argument * sizeof(std::uint64_t));
}

/// Each ends where it does not fit, with the number loaded anew for the next.
void add(std::vector<sock_filter>& rules, forbidden_call const& call, int error) {
    auto const refusal = SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(error) & SECCOMP_RET_DATA);
    rules.push_back({BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)});
    rules.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0,
                     static_cast<std::uint8_t>(call.mask != 0 ? 4 : 1),
                     static_cast<std::uint32_t>(call.number)});
    if (call.mask != 0) {
        rules.push_back({BPF_LD | BPF_W | BPF_ABS, 0, 0, place_of(call.argument)});
        rules.push_back({BPF_ALU | BPF_AND | BPF_K, 0, 0, call.mask});
        rules.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 1, call.value});
    }
    rules.push_back({BPF_RET | BPF_K, 0, 0, refusal});
}

} // namespace

void forbid_calls(std::vector<forbidden_call> const& calls, int error) {
    std::vector<sock_filter> rules;
    for (auto const& call : calls) {
        add(rules, call, error);
    }
    rules.push_back({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW});
    sock_fprog const filter{static_cast<unsigned short>(rules.size()), rules.data()};
    // Without privileges only a process that will not get any may do it.
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0 &&
        (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)) {
        std::_Exit(252);
    }
}

std::vector<forbidden_call> const& hard_link_calls() {
    static std::vector<forbidden_call> const calls{
#ifdef SYS_link // which newer machines have not got
        SYS_link,
#endif
        SYS_linkat};
    return calls;
}

std::vector<named_calls> const& refusable_calls() {
    forbidden_call const clone_with_pidfd{SYS_clone, 0, CLONE_PIDFD, CLONE_PIDFD};
    forbidden_call const wait_for_pidfd{SYS_waitid, 0, whole, P_PIDFD};
    static std::vector<named_calls> const calls{
        {"clone3", {SYS_clone3}},
        {"clone:PIDFD", {clone_with_pidfd}},
        {"close_range", {SYS_close_range}},
        {"copy_file_range", {SYS_copy_file_range}},
        {"epoll_create1", {SYS_epoll_create1}},
        {"eventfd2", {SYS_eventfd2}},
        {"faccessat2", {SYS_faccessat2}},
        {"fallocate", {SYS_fallocate}},
        {"fchown", {SYS_fchown}},
        {"fcntl", {SYS_fcntl}},
        {"flock", {SYS_flock}},
        {"getrandom", {SYS_getrandom}},
        {"getrusage", {SYS_getrusage}},
        {"getsockopt:PEERCRED", {{SYS_getsockopt, 2, whole, SO_PEERCRED}}},
        {"inotify_init1", {SYS_inotify_init1}},
        {"membarrier", {SYS_membarrier}},
        {"memfd_create", {SYS_memfd_create}},
        {"openat2", {SYS_openat2}},
        {"openat:TMPFILE", {{SYS_openat, 2, O_TMPFILE, O_TMPFILE}}},
        {"pidfd_open", {SYS_pidfd_open}},
        {"pidfd_send_signal", {SYS_pidfd_send_signal}},
        {"pipe2", {SYS_pipe2}},
        {"prctl", {SYS_prctl}},
        {"prctl:CHILD_SUBREAPER", {{SYS_prctl, 0, whole, PR_SET_CHILD_SUBREAPER}}},
        {"prctl:DUMPABLE", {{SYS_prctl, 0, whole, PR_SET_DUMPABLE}}},
        {"prctl:PDEATHSIG", {{SYS_prctl, 0, whole, PR_SET_PDEATHSIG}}},
        {"prlimit64", {SYS_prlimit64}},
        {"renameat2", {SYS_renameat2}},
        {"rseq", {SYS_rseq}},
        {"rt_sigaction", {SYS_rt_sigaction}},
        {"sched_getaffinity", {SYS_sched_getaffinity}},
        {"sendfile", {SYS_sendfile}},
        {"set_robust_list", {SYS_set_robust_list}},
        {"setpriority", {SYS_setpriority}},
        {"setsockopt:USER_TIMEOUT", {{SYS_setsockopt, 2, whole, TCP_USER_TIMEOUT}}},
        {"signalfd4", {SYS_signalfd4}},
        {"socket:UNIX", {{SYS_socket, 0, whole, AF_UNIX}}},
        {"splice", {SYS_splice}},
        {"statx", {SYS_statx}},
        {"sync_file_range", {SYS_sync_file_range}},
        {"timerfd_create", {SYS_timerfd_create}},
        {"waitid", {SYS_waitid}},
        {"waitid:PIDFD", {wait_for_pidfd}},
        {"linux-4.18",
         {SYS_clone3, clone_with_pidfd, SYS_pidfd_open, SYS_pidfd_send_signal, wait_for_pidfd,
          SYS_close_range, SYS_openat2, SYS_faccessat2, SYS_rseq}},
    };
    return calls;
}

} // namespace trafikito::test
