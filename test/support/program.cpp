#include "test/support/program.hpp"

#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace trafikito::test {

namespace {

/// stdin, stdout and stderr from and to the files of that name.
int spawn(pid_t& pid, std::filesystem::path const& files, std::vector<std::string>& words,
          std::vector<std::string>& environment) {
    ::posix_spawn_file_actions_t actions;
    ::posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    auto const open = [&](int number, char const* name, int flags) {
        ::posix_spawn_file_actions_addopen(&actions, number, (files / name).c_str(), flags, 0600);
    };
    open(STDIN_FILENO, "in", O_RDONLY);
    open(STDOUT_FILENO, "out", O_WRONLY | O_CREAT | O_APPEND);
    open(STDERR_FILENO, "err", O_WRONLY | O_CREAT | O_APPEND);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    int const failed = ::posix_spawn(&pid, words.front().c_str(), &actions, &attributes,
                                     pointers(words).data(), pointers(environment).data());
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    return failed;
}

pid_t parent_of(std::string const& stat) {
    // `PID (NAME) STATE PPID …`, and a name may hold anything.
    auto const end = stat.rfind(')');
    if (end == std::string::npos) {
        return 0;
    }
    std::istringstream rest(stat.substr(end + 1));
    std::string state;
    pid_t parent = 0;
    rest >> state >> parent;
    return parent;
}

} // namespace

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> result;
    for (auto& word : words) {
        result.push_back(word.data());
    }
    result.push_back(nullptr);
    return result;
}

program::program(std::vector<std::string> words, std::vector<std::string> environment,
                 std::string_view input) {
    for (auto& one : inherited_environment()) {
        environment.push_back(std::move(one));
    }
    (void)here_.write("in", input);
    BOOST_REQUIRE_EQUAL(spawn(pid_, here_.path(), words, environment), 0);
}

program::~program() {
    if (reaped_) {
        return;
    }
    auto const below = descendants_of(pid_);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    for (pid_t const one : below) {
        ::kill(one, SIGKILL);
    }
}

std::string program::out() const {
    return read_file(here_.path() / "out");
}
std::string program::err() const {
    return read_file(here_.path() / "err");
}

void program::signal(int number) const {
    BOOST_REQUIRE_EQUAL(::kill(pid_, number), 0);
}

bool program::wrote(std::string_view text) const {
    bool const found = eventually([&] { return err().find(text) != std::string::npos; });
    BOOST_TEST_INFO("it wrote: " << err());
    return found;
}

bool program::ended() {
    if (!reaped_ && ::waitpid(pid_, &status_, WNOHANG) == pid_) {
        reaped_ = true;
    }
    return reaped_;
}

finished program::wait() {
    BOOST_REQUIRE_MESSAGE(eventually([this] { return ended(); }),
                          "it still runs after 30 s; it wrote: " << err());
    return {WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_), out(), err()};
}

finished run(std::vector<std::string> words, std::vector<std::string> environment,
             std::string_view input) {
    return program(std::move(words), std::move(environment), input).wait();
}

boost::test_tools::assertion_result exited(finished const& with, int code) {
    boost::test_tools::assertion_result result(with.code == code);
    result.message() << "exit code " << with.code << " and not " << code << "; stdout: " << with.out
                     << "; stderr: " << with.err;
    return result;
}

std::vector<pid_t> descendants_of(pid_t ancestor) {
    std::vector<std::pair<pid_t, pid_t>> all; // process, parent
    for (auto const& entry : std::filesystem::directory_iterator("/proc")) {
        auto const name = entry.path().filename().string();
        if (std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c) != 0; })) {
            auto const pid = static_cast<pid_t>(std::stol(name));
            all.emplace_back(pid, parent_of(proc_file(pid, "stat")));
        }
    }
    std::vector<pid_t> found{ancestor};
    for (std::size_t at = 0; at < found.size(); ++at) {
        for (auto const& [pid, parent] : all) {
            if (parent == found[at]) {
                found.push_back(pid);
            }
        }
    }
    found.erase(found.begin());
    return found;
}

bool is_there(pid_t pid) {
    return ::kill(pid, 0) == 0;
}

std::string proc_file(pid_t pid, std::string const& name) {
    std::ifstream const file("/proc/" + std::to_string(pid) + "/" + name, std::ios::binary);
    // What cannot be read ends it quietly: an iterator of the buffer would throw.
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<std::string> inherited_environment() {
    std::vector<std::string> result;
    for (std::string const name :
         {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
        if (char const* const value = std::getenv(name.c_str())) {
            result.push_back(name + "=" + value);
        }
    }
    return result;
}

} // namespace trafikito::test
