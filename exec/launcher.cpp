#include "exec/launcher.hpp"

#include "exec/clone_into.hpp"
#include "exec/user.hpp"

#include <boost/system/system_error.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <span>
#include <system_error>
#include <utility>

namespace trafikito::exec {

namespace {

/// Everything that the child needs, made ready before it exists: it shares our memory and may only
/// make system calls.
struct launch {
    char const* directory = nullptr;
    char* const* arguments = nullptr;
    char* const* environment = nullptr;
    int output = -1;
    int group = -1; ///< directory of a cgroup that it must enter itself
    restrictions const* limited = nullptr;
    rlimit tag{};
    user const* as = nullptr;
    sigset_t no_signals{};

    // Written by the child.
    char const* failed_step = nullptr;
    int failed_errno = 0;
    int group_errno = 0;
};

/// No more than what the agent itself is held to.
bool set_limit(__rlimit_resource resource, rlim_t soft, rlim_t hard) {
    rlimit now{};
    if (::getrlimit(resource, &now) != 0) {
        return false;
    }
    rlimit const wanted{std::min(soft, now.rlim_max), std::min(hard, now.rlim_max)};
    return ::setrlimit(resource, &wanted) == 0;
}

// XCPU says what happened; who ignores it has a second more.
bool restrict_resources(restrictions const& limited) {
    auto const seconds =
        static_cast<rlim_t>(limited.max_cpu.value_or(std::chrono::seconds(0)).count());
    return (!limited.nice || ::setpriority(PRIO_PROCESS, 0, *limited.nice) == 0) &&
           (!limited.max_memory ||
            set_limit(RLIMIT_AS, *limited.max_memory, *limited.max_memory)) &&
           (!limited.max_cpu || set_limit(RLIMIT_CPU, seconds, seconds + 1));
}

// The bare system calls: glibc's wrappers would signal the threads of the parent.
bool become(user const& as) {
    return ::syscall(SYS_setgroups, as.groups.size(), as.groups.data()) == 0 &&
           ::syscall(SYS_setresgid, as.gid, as.gid, as.gid) == 0 &&
           ::syscall(SYS_setresuid, as.uid, as.uid, as.uid) == 0;
}

void reset_signals(sigset_t const& none) {
    for (int number = 1; number < NSIG; ++number) {
        struct sigaction now{};
        if (::sigaction(number, nullptr, &now) == 0 && now.sa_handler != SIG_DFL) {
            now = {};
            now.sa_handler = SIG_DFL;
            ::sigaction(number, &now, nullptr); // refused for KILL, STOP and glibc's own
        }
    }
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool set_descriptors(int output) {
    int const input = ::open("/dev/null", O_RDONLY);
    return input >= 0 && ::dup2(input, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 &&
           ::dup2(output, STDERR_FILENO) >= 0 && ::close_range(STDERR_FILENO + 1, ~0U, 0) == 0;
}

// While it is still ours: the kernel asks for the rights of whoever opens the file. It is a loss
// when that fails, no reason to stop.
void enter_group(launch& what) {
    int const members = ::openat(what.group, "cgroup.procs", O_WRONLY);
    if (members < 0 || ::write(members, "0", 1) != 1) {
        what.group_errno = errno;
    }
}

int fail(launch& what, char const* step) {
    what.failed_errno = errno;
    what.failed_step = step;
    ::_exit(127);
}

// AddressSanitizer keeps books about stacks; this one is not among them.
__attribute__((no_sanitize("address", "undefined"))) int child_main(void* argument) {
    auto& what = *static_cast<launch*>(argument);
    ::setsid();
    if (what.group >= 0) {
        enter_group(what);
    }
    ::umask(S_IWGRP | S_IWOTH);
    ::setrlimit(RLIMIT_LOCKS, &what.tag);
    if (!restrict_resources(*what.limited)) {
        return fail(what, "its limits cannot be set");
    }
    if (!set_descriptors(what.output)) {
        return fail(what, "its descriptors cannot be set");
    }
    if (what.as != nullptr && !become(*what.as)) {
        return fail(what, "its user cannot be set");
    }
    if (::chdir(what.directory) != 0 && ::chdir("/") != 0) {
        return fail(what, "no directory can be entered");
    }
    reset_signals(what.no_signals);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // an agent that is killed sweeps nothing
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::execve("/bin/sh", what.arguments, what.environment);
    return fail(what, "/bin/sh");
}

/// The child of clone(2), with a pidfd; -1 and errno when there is none.
pid_t clone_child(launch& what, std::span<std::byte> stack, int& handle) {
    if (what.group >= 0) {
        int const group = std::exchange(what.group, -1);
        auto const pid = clone_into(group, stack, child_main, &what, handle);
        if (pid >= 0) {
            return pid;
        }
        what.group = group;
    }
    return ::clone(child_main, stack.data() + stack.size(),
                   CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &what, &handle);
}

pid_t start(launch& what, int& handle) {
    constexpr std::size_t stack_size = 64UL * 1024;
    alignas(64) std::array<std::byte, stack_size> stack; // NOLINT(*-member-init): ours until exec
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    // A handler of ours must not run in the child while memory is shared.
    ::sigprocmask(SIG_SETMASK, &all, &before);
    auto const pid = clone_child(what, stack, handle);
    int const error = errno;
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    errno = error;
    return pid;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> result;
    result.reserve(strings.size() + 1);
    for (auto& string : strings) {
        result.push_back(string.data());
    }
    result.push_back(nullptr);
    return result;
}

/// HOME and USER are those of the user that it runs as.
std::vector<std::string> environment_for(execution_environment const& around,
                                         std::optional<user> const& as) {
    auto environment = around.environment;
    for (auto& variable : environment) {
        if (as && variable.starts_with("HOME=")) {
            variable = "HOME=" + as->home;
        } else if (as && variable.starts_with("USER=")) {
            variable = "USER=" + as->name;
        }
    }
    return environment;
}

} // namespace

process shell_launcher::operator()(boost::asio::any_io_executor const& executor,
                                   std::string const& script, std::string& error) {
    std::optional<user> as;
    if (limited_.user) {
        as = find_user(*limited_.user);
        if (!as) {
            error = "there is no user " + *limited_.user;
            return process(executor);
        }
    }
    std::vector<std::string> arguments{"sh", "-c", script};
    auto environment = environment_for(around_, as);
    auto const argument_pointers = pointers(arguments);
    auto const environment_pointers = pointers(environment);
    launch what;
    what.directory = around_.directory.c_str();
    what.arguments = argument_pointers.data();
    what.environment = environment_pointers.data();
    what.output = output_;
    what.group = group_;
    what.limited = &limited_;
    ::getrlimit(RLIMIT_LOCKS, &what.tag);
    what.tag.rlim_cur = std::min<rlim_t>(tag_, what.tag.rlim_max);
    what.as = as ? &*as : nullptr;
    ::sigemptyset(&what.no_signals);

    int handle = -1;
    auto const pid = start(what, handle);
    if (pid < 0) {
        error_number_ = errno;
        error = std::generic_category().message(error_number_);
        return process(executor);
    }
    if (what.failed_step != nullptr) {
        ::close(handle);
        ::waitpid(pid, nullptr, 0); // it has ended: clone() returned because of that
        error_number_ = what.failed_errno;
        error = std::string(what.failed_step) + ": " +
                std::generic_category().message(what.failed_errno);
        return process(executor);
    }
    group_error_ = what.group_errno;
    try {
        return process(executor, pid, handle);
    } catch (boost::system::system_error const& failed) { // the loop takes no more descriptors
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        ::close(handle);
        error_number_ = failed.code().value();
        error = failed.code().message();
        return process(executor);
    }
}

} // namespace trafikito::exec
