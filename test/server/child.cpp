#include "test/server/child.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace trafikito::test {

child::child(std::vector<std::string> const& arguments, std::string_view input) {
    std::array<int, 2> out{};
    std::array<int, 2> in{};
    BOOST_REQUIRE(::pipe2(out.data(), O_CLOEXEC) == 0 && ::pipe2(in.data(), O_CLOEXEC) == 0);
    BOOST_REQUIRE_EQUAL(::write(in[1], input.data(), input.size()),
                        static_cast<ssize_t>(input.size()));
    ::close(in[1]);
    std::string program = TRAFIKITO_SERVER;
    auto words = arguments;
    std::vector<char*> argv{program.data()};
    for (auto& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    ::posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDERR_FILENO);
    int const failed =
        ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    pipe_ = out[0];
    BOOST_REQUIRE_EQUAL(failed, 0);
}

child::~child() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(pipe_);
}

bool child::read_more() {
    ::pollfd ready{pipe_, POLLIN, 0};
    if (::poll(&ready, 1, 20'000) <= 0) {
        BOOST_ERROR("waited 20 s in vain; it wrote: " << output_);
        return false;
    }
    std::array<char, 4096> bytes{};
    auto const size = ::read(pipe_, bytes.data(), bytes.size());
    output_.append(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return size > 0;
}

bool child::wrote(std::string_view text) {
    while (output_.find(text) == output_.npos) {
        if (!read_more()) {
            return false;
        }
    }
    return true;
}

void child::signal(int number) const {
    ::kill(pid_, number);
}

int child::wait() {
    while (read_more()) {
    }
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

ended_server run_server(std::vector<std::string> const& arguments, std::string_view input) {
    child started(arguments, input);
    int const status = started.wait();
    return {status, started.output()};
}

} // namespace trafikito::test
