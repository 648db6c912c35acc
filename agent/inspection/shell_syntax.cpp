#include "agent/inspection/shell_syntax.hpp"

#include "base/ascii.hpp"
#include "base/descriptor.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace trafikito::agent::inspection {

namespace {

constexpr std::size_t longest_words = 4096;

/// To its end; what is more than longest_words is read, and dropped.
std::string read_all(int from) {
    std::string all;
    std::array<char, 1024> room{};
    while (true) {
        auto const size = ::read(from, room.data(), room.size());
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size <= 0) {
            return all;
        }
        if (all.size() < longest_words) {
            all.append(room.data(), static_cast<std::size_t>(size));
        }
    }
}

int wait_for(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return 0;
        }
    }
    return status;
}

/// `sh: 1: Syntax error: "done" unexpected` without what stands in front; one line.
std::string without_beginning(std::string_view words) {
    words = words.substr(0, words.find('\n'));
    auto const at = words.find("yntax error");
    if (at != std::string_view::npos) {
        words.remove_prefix(at == 0 ? 0 : at - 1);
    }
    constexpr std::string_view begin = "yntax error: ";
    if (words.size() > begin.size() && words.substr(1).starts_with(begin)) {
        words.remove_prefix(begin.size() + 1);
    }
    return std::string(base::trim(words));
}

} // namespace

bool is_plain(std::string const& text) {
    return std::ranges::all_of(text, [](char c) {
        return base::is_word(c) ||
               std::string_view(" ./-=%:,+@^").find(c) != std::string_view::npos;
    });
}

std::optional<std::string> find_syntax_error(std::string const& text) {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return std::nullopt;
    }
    base::descriptor const reading(ends[0]);
    base::descriptor writing(ends[1]);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, writing.get(), STDERR_FILENO);
    std::array<std::string, 4> words{"sh", "-n", "-c", ' ' + text}; // which may begin with a -
    std::array<char*, 5> arguments{words[0].data(), words[1].data(), words[2].data(),
                                   words[3].data(), nullptr};
    std::string locale = "LC_ALL=C";
    std::array<char*, 2> environment{locale.data(), nullptr};
    pid_t child = -1;
    int const error =
        ::posix_spawn(&child, "/bin/sh", &actions, nullptr, arguments.data(), environment.data());
    ::posix_spawn_file_actions_destroy(&actions);
    writing.close();
    if (error != 0) {
        return std::nullopt;
    }
    auto const said = read_all(reading.get());
    int const status = wait_for(child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 0 || said.empty()) {
        return std::nullopt;
    }
    return without_beginning(said);
}

} // namespace trafikito::agent::inspection
