#include "base/asked_program.hpp"

#include "base/descriptor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace trafikito::base {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

namespace {

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

    void print_into(int descriptor, program_question::stream heard) {
        using enum program_question::stream;
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        connect(STDOUT_FILENO, heard == errors ? -1 : descriptor);
        connect(STDERR_FILENO, heard == output ? -1 : descriptor);
    }

    pid_t start(std::vector<std::string>& words, std::vector<std::string>& environment) {
        auto const arguments = pointers_to(words);
        auto const variables = pointers_to(environment);
        pid_t pid = -1;
        bool const started = ::posix_spawn(&pid, words.front().c_str(), &actions_, &attributes_,
                                           arguments.data(), variables.data()) == 0;
        return started ? pid : -1;
    }

private:
    void connect(int number, int descriptor) {
        if (descriptor >= 0) {
            ::posix_spawn_file_actions_adddup2(&actions_, descriptor, number);
        } else {
            ::posix_spawn_file_actions_addopen(&actions_, number, "/dev/null", O_WRONLY, 0);
        }
    }
    static std::vector<char*> pointers_to(std::vector<std::string>& texts) {
        std::vector<char*> pointers;
        pointers.reserve(texts.size() + 1);
        for (auto& text : texts) {
            pointers.push_back(text.data());
        }
        pointers.push_back(nullptr);
        return pointers;
    }

    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

/// False when the end of the output did not come by then.
bool read_all(int from, std::string& into, std::size_t limit, steady::time_point deadline) {
    std::array<char, 4096> piece{};
    for (;;) {
        auto const left = std::chrono::ceil<milliseconds>(deadline - steady::now()).count();
        pollfd ready{.fd = from, .events = POLLIN, .revents = 0};
        int const count = left > 0 ? ::poll(&ready, 1, static_cast<int>(left)) : 0;
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        auto const size = ::read(from, piece.data(), piece.size());
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size <= 0) {
            return size == 0;
        }
        into.append(piece.data(), std::min(static_cast<std::size_t>(size), limit - into.size()));
    }
}

int reap(pid_t pid, steady::time_point deadline) {
    int status = 0;
    while (::waitpid(pid, &status, WNOHANG) == 0) {
        if (steady::now() >= deadline) {
            ::kill(-pid, SIGKILL);
            ::waitpid(pid, &status, 0);
            break;
        }
        ::poll(nullptr, 0, 1);
    }
    return exit_code_of(status);
}

} // namespace

int exit_code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

pid_t start_program(program_question& what, int output) {
    if (what.words.empty() || what.words.front().empty()) {
        return -1;
    }
    spawning how;
    if (output >= 0) {
        how.print_into(output, what.heard);
    }
    return how.start(what.words, what.environment);
}

program_answer ask_program(program_question what) {
    auto const deadline = steady::now() + what.patience;
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return {};
    }
    descriptor const ours(ends[0]);
    descriptor theirs(ends[1]);
    auto const pid = start_program(what, theirs.get());
    (void)theirs.close();
    program_answer answer;
    if (pid < 0) {
        return answer;
    }
    answer.whole = read_all(ours.get(), answer.said, what.limit, deadline);
    answer.code = reap(pid, answer.whole ? deadline : steady::now());
    return answer;
}

std::string find_in_path(std::string_view name, std::string_view path) {
    while (!path.empty()) {
        auto const folder = path.substr(0, path.find(':'));
        path.remove_prefix(std::min(folder.size() + 1, path.size()));
        auto file = std::string(folder) + '/';
        file += name;
        struct stat facts{};
        if (folder.starts_with('/') && ::access(file.c_str(), X_OK) == 0 &&
            ::stat(file.c_str(), &facts) == 0 && S_ISREG(facts.st_mode)) {
            return file;
        }
    }
    return {};
}

} // namespace trafikito::base
