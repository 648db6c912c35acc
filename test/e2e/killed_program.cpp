#include "test/e2e/killed_program.hpp"

#include "test/support/program.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

namespace trafikito::test {

namespace {

#if defined(__x86_64__)
constexpr std::array visible{SYS_write,     SYS_writev,  SYS_pwrite64,  SYS_sendmsg,
                             SYS_sendto,    SYS_fsync,   SYS_fdatasync, SYS_rename,
                             SYS_renameat,  SYS_unlink,  SYS_unlinkat,  SYS_mkdir,
                             SYS_ftruncate, SYS_connect, SYS_renameat2};

/// The call in front of which the stopped process stands; -1 when it comes out of one.
long call_of(pid_t process, bool& entering) {
    user_regs_struct registers{};
    ::ptrace(PTRACE_GETREGS, process, nullptr, &registers);
    entering = !entering;
    auto const number = static_cast<long>(registers.orig_rax);
    bool const creates = number == SYS_openat && (registers.rdx & O_CREAT) != 0;
    bool const counts = creates || std::ranges::find(visible, number) != visible.end();
    return entering && counts ? number : -1;
}
#else
long call_of(pid_t, bool&) {
    return -1;
}
#endif

} // namespace

killed_program run_until(std::vector<std::string> words, std::vector<std::string> environment,
                         std::size_t number) {
    auto const arguments = pointers(words);
    auto const variables = pointers(environment);
    pid_t const child = ::fork();
    if (child == 0) {
        int const nothing = ::open("/dev/null", O_RDWR);
        for (int const standard : {0, 1, 2}) {
            ::dup2(nothing, standard);
        }
        ::close_range(3, ~0U, 0);
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        ::execve(arguments.front(), arguments.data(), variables.data());
        ::_exit(127);
    }
    killed_program result;
    bool entering = false;
    bool begun = false;
    std::size_t seen = 0;
    for (;;) {
        int status = 0;
        if (::waitpid(child, &status, __WALL) != child) {
            return result;
        }
        if (!WIFSTOPPED(status)) {
            result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            return result;
        }
        int signal = WSTOPSIG(status);
        if (!begun) { // stopped behind its execve
            begun = true;
            ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD);
            signal = 0;
        } else if (signal == (SIGTRAP | 0x80)) {
            auto const call = call_of(child, entering);
            if (call >= 0 && seen++ == number && !result.killed) {
                result.killed = true;
                result.at = "system call " + std::to_string(call);
                ::kill(child, SIGKILL);
            }
            signal = 0;
        }
        ::ptrace(PTRACE_SYSCALL, child, nullptr, signal);
    }
}

} // namespace trafikito::test
