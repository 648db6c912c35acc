#include "test/exec/hidden_proc.hpp"

#include "test/exec/forked.hpp"

#include <boost/test/unit_test.hpp>

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

namespace trafikito::test {

namespace {

constexpr int no_namespace = 251;

bool mount_proc(hidepid how) {
    auto const option = "hidepid=" + std::to_string(static_cast<int>(how));
    return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("proc", "/proc", "proc", 0, option.c_str()) == 0;
}

int run_as_nobody_else(std::function<int()> const& run) {
    become_nobody_else();
    try {
        return run();
    } catch (std::exception const& failed) {
        std::cerr << "forked: " << failed.what() << '\n';
        return 255;
    }
}

/// PID 1 of the namespace: with it all the others end.
int keep_namespace(hidepid how, std::function<int()> const& run) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!mount_proc(how)) {
        return no_namespace;
    }
    auto const pid = ::fork();
    if (pid == 0) {
        std::_Exit(run_as_nobody_else(run));
    }
    int status = 0;
    while (::wait(&status) != pid) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

} // namespace

std::ostream& operator<<(std::ostream& out, hidepid how) {
    return out << "hidepid=" << static_cast<int>(how);
}

std::optional<int> forked_behind(hidepid how, std::function<int()> const& run) {
    if (!root_for("a /proc that hides processes")) {
        return std::nullopt;
    }
    if (how == hidepid::all) { // the machine's own will do
        return forked([&] {
            auto const code = run_as_nobody_else(run);
            while (::wait(nullptr) > 0) {
            }
            return code;
        });
    }
    auto const code = forked([&] {
        if (::unshare(CLONE_NEWNS | CLONE_NEWPID) != 0) {
            return no_namespace;
        }
        auto const pid = ::fork();
        if (pid == 0) {
            std::_Exit(keep_namespace(how, run));
        }
        int status = 0;
        ::waitpid(pid, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
    });
    if (code == no_namespace) {
        BOOST_TEST_MESSAGE("left out, for no pid namespace with a /proc of its own can be had");
        return std::nullopt;
    }
    return code;
}

void install_set_user_id(char const* program, char const* to) {
    std::filesystem::copy_file(program, to);
    BOOST_REQUIRE(::chown(to, 0, 0) == 0);
    BOOST_REQUIRE(::chmod(to, 04755) == 0);
}

} // namespace trafikito::test
