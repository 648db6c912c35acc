#include "exec/clone_into.hpp"

#include <linux/sched.h>
#include <sys/syscall.h>

#include <bit>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace trafikito::exec {

#if defined(__x86_64__) && defined(CLONE_INTO_CGROUP)

namespace {

// In assembly, since the child comes out of the call on another stack: nothing of this frame is
// there. Kept apart, so that no caller's frame is either.
[[gnu::noinline]] long clone3_on_stack(clone_args const& how, int (*run)(void*), void* argument) {
    long result = SYS_clone3; // NOLINT(misc-const-correctness): the assembly sets it
    asm volatile("syscall\n\t"
                 "test %%rax, %%rax\n\t"
                 "jnz 1f\n\t"
                 "mov %[argument], %%rdi\n\t"
                 "call *%[run]\n\t"
                 "hlt\n"
                 "1:"
                 : "+a"(result)
                 : "D"(&how), "S"(sizeof how), [run] "r"(run), [argument] "r"(argument)
                 : "rcx", "r11", "memory", "cc");
    return result;
}

} // namespace

pid_t clone_into(int cgroup, std::span<std::byte> stack, int (*run)(void*), void* argument,
                 int& handle) {
    clone_args how{};
    how.flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_INTO_CGROUP;
    how.pidfd = std::bit_cast<std::uintptr_t>(&handle);
    how.exit_signal = SIGCHLD;
    how.stack = std::bit_cast<std::uintptr_t>(stack.data());
    how.stack_size = stack.size();
    how.cgroup = static_cast<std::uint64_t>(cgroup);
    auto const result = clone3_on_stack(how, run, argument);
    if (result < 0) {
        errno = static_cast<int>(-result);
        return -1;
    }
    return static_cast<pid_t>(result);
}

#else

pid_t clone_into(int, std::span<std::byte>, int (*)(void*), void*, int&) {
    errno = ENOSYS;
    return -1;
}

#endif

} // namespace trafikito::exec
