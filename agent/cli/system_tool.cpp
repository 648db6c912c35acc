#include "agent/cli/system_tool.hpp"

#include "base/descriptor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace trafikito::agent::cli {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t most_printed = 1UL << 20U;
constexpr milliseconds between_looks{200}; ///< should a signal have been lost

std::string path_of(std::string const& program) {
    for (std::string const folder : {"/usr/bin/", "/bin/"}) {
        if (::access((folder + program).c_str(), X_OK) == 0) {
            return folder + program;
        }
    }
    return {};
}

/// What it is started with besides its words.
class spawning {
public:
    spawning() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                     POSIX_SPAWN_SETPGROUP);
    }
    ~spawning() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    spawning(spawning const&) = delete;
    spawning& operator=(spawning const&) = delete;

    void print_into(int descriptor, heard what) {
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, descriptor, STDOUT_FILENO);
        if (what == heard::errors) {
            ::posix_spawn_file_actions_adddup2(&actions_, descriptor, STDERR_FILENO);
        } else {
            ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        }
    }

    /// -1 when it cannot be started.
    pid_t start(std::vector<std::string> words) {
        auto const program = path_of(words.front());
        std::vector<char*> arguments;
        std::ranges::transform(words, std::back_inserter(arguments),
                               [](std::string& word) { return word.data(); });
        arguments.push_back(nullptr);
        std::array<std::string, 4> variables{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                                             "SYSTEMD_COLORS=0", "SYSTEMD_PAGER="};
        std::array<char*, 5> const environment{variables[0].data(), variables[1].data(),
                                               variables[2].data(), variables[3].data(), nullptr};
        pid_t pid = -1;
        bool const started =
            !program.empty() && ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_,
                                              arguments.data(), environment.data()) == 0;
        return started ? pid : -1;
    }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

int code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Up to its end, or that of `deadline`.
std::string read_all(int pipe, steady::time_point deadline) {
    std::string text;
    std::array<char, 4096> piece{};
    while (text.size() < most_printed) {
        auto const left = std::chrono::ceil<milliseconds>(deadline - steady::now()).count();
        pollfd waiting{.fd = pipe, .events = POLLIN, .revents = 0};
        int const ready = left > 0 ? ::poll(&waiting, 1, static_cast<int>(left)) : 0;
        if (ready < 0 && errno == EINTR) {
            continue;
        }
        auto const size = ready > 0 ? ::read(pipe, piece.data(), piece.size()) : 0;
        if (size <= 0) {
            break;
        }
        text.append(piece.data(), static_cast<std::size_t>(size));
    }
    return text;
}

int reap_until(pid_t pid, steady::time_point deadline) {
    int status = 0;
    while (::waitpid(pid, &status, WNOHANG) == 0) {
        if (steady::now() >= deadline) {
            ::kill(-pid, SIGKILL);
            ::waitpid(pid, &status, 0);
            break;
        }
        ::poll(nullptr, 0, 1);
    }
    return code_of(status);
}

} // namespace

tool_answer ask_tool(std::vector<std::string> words, milliseconds patience, heard what) {
    auto const deadline = steady::now() + patience;
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return {};
    }
    base::descriptor const ours(ends[0]);
    base::descriptor theirs(ends[1]);
    spawning how;
    how.print_into(theirs.get(), what);
    auto const pid = how.start(std::move(words));
    (void)theirs.close();
    if (pid < 0) {
        return {};
    }
    tool_answer answer;
    answer.out = read_all(ours.get(), deadline);
    answer.code = reap_until(pid, deadline);
    return answer;
}

running_tool::running_tool(std::vector<std::string> words) {
    sigset_t kept;
    ::sigemptyset(&kept);
    for (int const number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) {
        ::sigaddset(&kept, number);
    }
    ::pthread_sigmask(SIG_BLOCK, &kept, &before_);
    spawning how;
    pid_ = how.start(std::move(words));
}

running_tool::~running_tool() {
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

int running_tool::wait(std::function<void(int signal)> const& interrupted) const {
    sigset_t awaited;
    ::sigemptyset(&awaited);
    for (int const number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) {
        ::sigaddset(&awaited, number);
    }
    timespec const pause{.tv_sec = 0, .tv_nsec = std::chrono::nanoseconds(between_looks).count()};
    int status = 0;
    while (pid_ > 0 && ::waitpid(pid_, &status, WNOHANG) == 0) {
        int const number = ::sigtimedwait(&awaited, nullptr, &pause);
        if (number > 0 && number != SIGCHLD) {
            interrupted(number);
        }
    }
    return pid_ > 0 ? code_of(status) : -1;
}

} // namespace trafikito::agent::cli
