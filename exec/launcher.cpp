#include "exec/launcher.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace trafikito::exec {

namespace {

/// posix_spawn's two option objects, freed however the function is left.
class spawn_options {
public:
    spawn_options() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
    }
    ~spawn_options() {
        ::posix_spawnattr_destroy(&attributes_);
        ::posix_spawn_file_actions_destroy(&actions_);
    }
    spawn_options(spawn_options const&) = delete;
    spawn_options& operator=(spawn_options const&) = delete;

    /// What a child must not inherit: the agent's group, signals and descriptors.
    int set(std::filesystem::path const& directory, int output);

    posix_spawn_file_actions_t const* actions() const { return &actions_; }
    posix_spawnattr_t const* attributes() const { return &attributes_; }

private:
    int set_descriptors(std::filesystem::path const& directory, int output);
    int set_signals();

    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

int spawn_options::set(std::filesystem::path const& directory, int output) {
    if (int const failed = set_descriptors(directory, output)) {
        return failed;
    }
    return set_signals();
}

int spawn_options::set_descriptors(std::filesystem::path const& directory, int output) {
    char const* const enterable = ::access(directory.c_str(), X_OK) == 0 ? directory.c_str() : "/";
    if (int const failed = ::posix_spawn_file_actions_addchdir_np(&actions_, enterable)) {
        return failed;
    }
    if (int const failed =
            ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0)) {
        return failed;
    }
    for (int const target : {STDOUT_FILENO, STDERR_FILENO}) {
        if (int const failed = ::posix_spawn_file_actions_adddup2(&actions_, output, target)) {
            return failed;
        }
    }
    return ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
}

int spawn_options::set_signals() {
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    return ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                        POSIX_SPAWN_SETSIGDEF);
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

} // namespace

process shell_launcher::operator()(boost::asio::any_io_executor const& executor,
                                   std::string const& script, std::error_code& error) const {
    spawn_options options;
    std::vector<std::string> arguments{"sh", "-c", script};
    std::vector<std::string> environment = around_.environment;
    pid_t pid = -1;
    int failed = options.set(around_.directory, output_);
    if (failed == 0) {
        failed = ::posix_spawn(&pid, "/bin/sh", options.actions(), options.attributes(),
                               pointers(arguments).data(), pointers(environment).data());
    }
    if (failed != 0) {
        error.assign(failed, std::generic_category());
        return process(executor);
    }
    // glibc's wrapper for pidfd_open does not link from C++ on every supported system.
    auto const handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (handle < 0) {
        error.assign(errno, std::generic_category());
        ::kill(-pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return process(executor);
    }
    return process(executor, pid, handle);
}

} // namespace trafikito::exec
