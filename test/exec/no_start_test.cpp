// Days on which a command cannot be started.
#include "exec/run_all.hpp"

#include "test/exec/forked.hpp"
#include "test/exec/shell_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>

using namespace trafikito;
using namespace std::chrono_literals;
using test::text_of;
using ending = exec::result::ending;

namespace {

/// In a forked process: 0 when it was not started for that reason, and left no child.
int not_started(exec::result const& value, std::string const& reason) {
    if (value.end != ending::not_started || value.reason != reason) {
        std::cerr << describe(value) << '\n';
        return 1;
    }
    return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD ? 0 : 2;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(no_start, test::shell_fixture)

BOOST_AUTO_TEST_CASE(a_machine_without_a_shell_is_said) {
    if (!test::root_for("a machine without /bin/sh")) {
        return;
    }
    auto const code = test::forked([&] {
        auto const bin = std::filesystem::canonical("/bin");
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("none", bin.c_str(), "tmpfs", 0, nullptr) != 0) {
            return 3;
        }
        return not_started(run("true"), "/bin/sh: No such file or directory");
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(a_shell_that_must_not_be_run_is_said) {
    if (!test::root_for("a /bin/sh without execute permission")) {
        return;
    }
    auto const code = test::forked([&] {
        auto const shell = std::filesystem::canonical("/bin/sh");
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("/dev/null", shell.c_str(), nullptr, MS_BIND, nullptr) != 0) {
            return 3;
        }
        return not_started(run("true"), "/bin/sh: Permission denied");
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(no_more_processes_for_this_user_is_said) {
    limits.cycle_timeout = 300ms; // so long it waits for room
    auto const code = test::forked([&] {
        rlimit const one{1, 1};
        ::setrlimit(RLIMIT_NPROC, &one);
        if (::geteuid() == 0) {
            test::become_nobody_else(); // root is not bound by it
        }
        return not_started(run("true"), "Resource temporarily unavailable");
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(too_little_memory_to_be_loaded_ends_it_and_nothing_else) {
    auto command = line("echo never");
    for (std::uint64_t const bytes : {0UL, 4096UL, 65'536UL, 1'000'000UL}) {
        command.limited.max_memory = bytes;
        auto const value = std::move(run(std::vector{command}).front());
        BOOST_TEST(text_of(value).find("never") == std::string::npos);
        BOOST_TEST((value.end == ending::not_started || value.end == ending::signalled ||
                    value.code != 0));
    }
}

BOOST_AUTO_TEST_SUITE_END()
