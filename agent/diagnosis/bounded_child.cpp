#include "agent/diagnosis/bounded_child.hpp"

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
#include <string_view>

namespace trafikito::agent::diagnosis {

namespace {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

constexpr std::size_t max_output = 64UL * 1024;
constexpr std::string_view usual_path =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct pipe_ends {
    base::descriptor read;
    base::descriptor write;
};

std::optional<pipe_ends> make_pipe() {
    std::array<int, 2> both{};
    if (::pipe2(both.data(), O_CLOEXEC) != 0) {
        return std::nullopt;
    }
    return pipe_ends{base::descriptor(both[0]), base::descriptor(both[1])};
}

pid_t start(std::vector<std::string>& words, int output) {
    std::string path = "PATH=" + std::string(usual_path);
    std::string language = "LC_ALL=C";
    std::array<char*, 3> environment{path.data(), language.data(), nullptr};
    std::vector<char*> arguments;
    for (auto& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files{};
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = -1;
    int const failed = ::posix_spawn(&child, words.front().c_str(), &files, nullptr,
                                     arguments.data(), environment.data());
    ::posix_spawn_file_actions_destroy(&files);
    return failed == 0 ? child : -1;
}

/// False when `due` came before the end of the output.
bool read_all(int from, std::string& into, steady::time_point due) {
    std::array<char, 4096> chunk{};
    for (;;) {
        auto const left = std::chrono::duration_cast<milliseconds>(due - steady::now()).count();
        pollfd ready{from, POLLIN, 0};
        if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) == 0) {
            return false;
        }
        auto const got = ::read(from, chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return true;
        }
        into.append(chunk.data(),
                    std::min(static_cast<std::size_t>(got), max_output - into.size()));
    }
}

/// Of a child that has closed its output, or is to be killed.
int reap(pid_t child, steady::time_point due) {
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) {
        if (steady::now() >= due) {
            ::kill(child, SIGKILL);
        }
        ::poll(nullptr, 0, 5);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

std::filesystem::path find_program(std::string const& name,
                                   std::vector<std::string> const& environment) {
    std::string folders;
    for (std::string_view const one : environment) {
        if (one.starts_with("PATH=")) {
            folders = one.substr(5);
        }
    }
    folders += ':';
    folders += usual_path;
    std::string_view rest = folders;
    while (!rest.empty()) {
        auto const end = std::min(rest.find(':'), rest.size());
        auto const file = std::filesystem::path(rest.substr(0, end)) / name;
        if (file.is_absolute() && ::access(file.c_str(), X_OK) == 0) {
            return file;
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

std::optional<child_answer> ask_child(std::vector<std::string> words, milliseconds bound) {
    auto const due = steady::now() + bound;
    auto ends = make_pipe();
    if (!ends) {
        return std::nullopt;
    }
    auto const child = start(words, ends->write.get());
    ends->write = base::descriptor();
    if (child < 0) {
        return std::nullopt;
    }
    child_answer answer;
    bool const whole = read_all(ends->read.get(), answer.output, due);
    answer.code = reap(child, whole ? due : steady::now());
    return whole ? std::optional(std::move(answer)) : std::nullopt;
}

} // namespace trafikito::agent::diagnosis
