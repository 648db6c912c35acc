#include "exec/launcher.hpp"

#include "exec/clone_into.hpp"
#include "exec/close_from.hpp"
#include "exec/user.hpp"

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
    std::span<int const> ignored_signals;
    int no_input = -1; ///< /dev/null; else it is opened
    sigset_t no_signals{};

    // Written by the child.
    char const* failed_step = nullptr;
    int failed_errno = 0;
    int group_errno = 0;
};

// As read_limit(): the older call where the newer one is refused.
bool write_limit(__rlimit_resource resource, rlimit const& limit) {
#ifdef SYS_setrlimit
    return ::setrlimit(resource, &limit) == 0 ||
           ::syscall(SYS_setrlimit, static_cast<int>(resource), &limit) == 0;
#else
    return ::setrlimit(resource, &limit) == 0;
#endif
}

/// No more than what the agent itself is held to.
bool set_limit(__rlimit_resource resource, rlim_t soft, rlim_t hard) {
    rlimit now{};
    return read_limit(resource, now) &&
           write_limit(resource, {std::min(soft, now.rlim_max), std::min(hard, now.rlim_max)});
}

/// What cannot be had, in words; nullptr when all can. XCPU says what happened; who ignores it has
/// a second more.
char const* restrict_resources(restrictions const& limited) {
    if (limited.nice && ::setpriority(PRIO_PROCESS, 0, *limited.nice) != 0) {
        return "nice= cannot be set";
    }
    if (limited.max_memory && !set_limit(RLIMIT_AS, *limited.max_memory, *limited.max_memory)) {
        return "max_memory= cannot be set";
    }
    auto const seconds =
        static_cast<rlim_t>(limited.max_cpu.value_or(std::chrono::seconds(0)).count());
    if (limited.max_cpu && !set_limit(RLIMIT_CPU, seconds, seconds + 1)) {
        return "max_cpu= cannot be set";
    }
    return nullptr;
}

// The bare system calls: glibc's wrappers would signal the threads of the parent.
bool become(user const& as) {
    return ::syscall(SYS_setgroups, as.groups.size(), as.groups.data()) == 0 &&
           ::syscall(SYS_setresgid, as.gid, as.gid, as.gid) == 0 &&
           ::syscall(SYS_setresuid, as.uid, as.uid, as.uid) == 0;
}

// What has a handler gets its default by execve(2).
void reset_signals(launch const& what) {
    struct sigaction by_default{};
    by_default.sa_handler = SIG_DFL;
    for (int const number : what.ignored_signals) {
        ::sigaction(number, &by_default, nullptr);
    }
    ::sigprocmask(SIG_SETMASK, &what.no_signals, nullptr);
}

bool set_descriptors(launch const& what) {
    int const input = what.no_input >= 0 ? what.no_input : ::open("/dev/null", O_RDONLY);
    bool const set = input >= 0 && ::dup2(input, STDIN_FILENO) >= 0 &&
                     ::dup2(what.output, STDOUT_FILENO) >= 0 &&
                     ::dup2(what.output, STDERR_FILENO) >= 0;
    if (set) {
        close_from(STDERR_FILENO + 1);
    }
    return set;
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
    write_limit(RLIMIT_LOCKS, what.tag);
    if (auto const* const problem = restrict_resources(*what.limited)) {
        return fail(what, problem);
    }
    if (!set_descriptors(what)) {
        return fail(what, "its descriptors cannot be set");
    }
    if (what.as != nullptr && !become(*what.as)) {
        return fail(what, "its user cannot be set");
    }
    if (::chdir(what.directory) != 0 && ::chdir("/") != 0) {
        return fail(what, "no directory can be entered");
    }
    reset_signals(what);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // an agent that is killed sweeps nothing
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::execve("/bin/sh", what.arguments, what.environment);
    return fail(what, "/bin/sh");
}

/// Whether that may be the answer of somebody who does not know, or does not allow, a flag.
bool is_refusal(int error) {
    return error == EPERM || error == ENOSYS || error == EINVAL;
}

/// The child of clone(2), with a pidfd if the kernel gives one; -1 and errno when there is none.
pid_t clone_child(launch& what, std::span<std::byte> stack, int& handle) {
    if (what.group >= 0) {
        int const group = std::exchange(what.group, -1);
        auto const pid = clone_into(group, stack, child_main, &what, handle);
        if (pid >= 0) {
            return pid;
        }
        what.group = group;
    }
    constexpr int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
    auto* const top = stack.data() + stack.size();
    auto const pid = ::clone(child_main, top, flags | CLONE_PIDFD, &what, &handle);
    return pid < 0 && is_refusal(errno) ? ::clone(child_main, top, flags, &what) : pid;
}

pid_t start(launch& what, int& handle) {
    // Each page of it is the agent's for good, once touched, and all are: -fstack-clash-protection.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(__clang__)
    constexpr std::size_t stack_size = 64UL * 1024; // the calls are the sanitizer's
#else
    constexpr std::size_t stack_size = 16UL * 1024;
#endif
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

/// As execve(2) wants them: it does not change them, though its type would let it.
char* pointer(std::string const& text) {
    return const_cast<char*>(text.c_str());
}

/// HOME and USER are those of the user that it runs as, whose assignments are put into `own`.
std::vector<char*> environment_for(execution_environment const& around,
                                   std::optional<user> const& as, std::array<std::string, 2>& own) {
    std::vector<char*> environment;
    environment.reserve(around.environment.size() + 1);
    for (auto const& variable : around.environment) {
        if (as && variable.starts_with("HOME=")) {
            environment.push_back(pointer(own[0] = "HOME=" + as->home));
        } else if (as && variable.starts_with("USER=")) {
            environment.push_back(pointer(own[1] = "USER=" + as->name));
        } else {
            environment.push_back(pointer(variable));
        }
    }
    environment.push_back(nullptr);
    return environment;
}

/// So that `echo >/dev/stderr` works: whoever opens a pipe anew must be allowed to, by its owner
/// and mode. Nobody else gets at it: its only names are below the /proc/PID/fd of who has it
/// already, and the kernel shows those to that user and root. Where its owner cannot be changed (a
/// container without CAP_CHOWN) the mode may: it is ours.
void hand_over(int output, user const& to) {
    if (::fchown(output, to.uid, to.gid) != 0) {
        ::fchmod(output, S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH);
    }
}

/// clone(2) may have given none where pidfd_open(2) does.
base::descriptor pidfd_of(pid_t pid, int given) {
    return base::descriptor(given >= 0 ? given
                                       : static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

} // namespace

launched shell_launcher::operator()(std::string const& script, std::string& error) {
    std::optional<user> as;
    if (limited_.user) {
        as = find_user(*limited_.user);
        if (!as) {
            error = "there is no user " + *limited_.user;
            return {};
        }
        hand_over(output_, *as);
    }
    std::string const shell = "sh";
    std::string const option = "-c";
    std::array<char*, 4> const arguments{pointer(shell), pointer(option), pointer(script), nullptr};
    std::array<std::string, 2> own;
    auto const environment = environment_for(around_, as, own);
    launch what;
    what.directory = around_.directory.c_str();
    what.arguments = arguments.data();
    what.environment = environment.data();
    what.output = output_;
    what.group = group_;
    what.limited = &limited_;
    what.tag = parent_.locks();
    what.tag.rlim_cur = std::min<rlim_t>(tag_, what.tag.rlim_max);
    what.ignored_signals = parent_.ignored_signals();
    what.no_input = parent_.no_input();
    what.as = as ? &*as : nullptr;
    ::sigemptyset(&what.no_signals);

    int pidfd = -1;
    auto const pid = start(what, pidfd);
    if (pid < 0) {
        error_number_ = errno;
        error = std::generic_category().message(error_number_);
        return {};
    }
    if (what.failed_step != nullptr) {
        base::descriptor const closed(pidfd);
        ::waitpid(pid, nullptr, 0); // it has ended: clone() returned because of that
        error_number_ = what.failed_errno;
        error = std::string(what.failed_step) + ": " +
                std::generic_category().message(what.failed_errno);
        return {};
    }
    group_error_ = what.group_errno;
    return {pid, pidfd_of(pid, pidfd)};
}

} // namespace trafikito::exec
