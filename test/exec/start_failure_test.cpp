// Every system call that starts a command fails once, in a process of its own: a filter of system
// calls (seccomp(2)) says so. The command is not started, the reason says what did not work, and
// neither a child nor a descriptor is left.
#include "exec/run_all.hpp"

#include "test/exec/forked.hpp"
#include "test/exec/shell_fixture.hpp"
#include "test/support/system_call_filter.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/syscall.h>

#include <cerrno>
#include <iostream>
#include <string_view>
#include <vector>

using namespace trafikito;
using ending = exec::result::ending;

namespace {

struct failing_call {
    char const* name;
    std::vector<test::forbidden_call> calls;
    int error;
    std::string_view reason;
};

std::ostream& operator<<(std::ostream& out, failing_call const& call) {
    return out << call.name;
}

// Newer machines have no dup2(2).
std::vector<test::forbidden_call> const dup_calls{
    SYS_dup3,
#ifdef SYS_dup2
    SYS_dup2,
#endif
};

std::vector<failing_call> const calls{
    {"pipe2", {SYS_pipe2}, EMFILE, "Too many open files"},
    {"clone", {SYS_clone, SYS_clone3}, ENOMEM, "Cannot allocate memory"},
    {"execve", {SYS_execve}, ENOMEM, "/bin/sh: Cannot allocate memory"},
    {"dup2", dup_calls, EBUSY, "its descriptors cannot be set: Device or resource busy"},
    {"chdir", {SYS_chdir}, EACCES, "no directory can be entered: Permission denied"},
    {"epoll_ctl", {SYS_epoll_ctl}, ENOSPC, "No space left on device"},
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(start_failure, test::shell_fixture)

BOOST_DATA_TEST_CASE(it_is_said_and_leaves_nothing, boost::unit_test::data::make(calls), call) {
    auto const code = test::forked([&] {
        keeps_warden = true;
        limits.cycle_timeout = std::chrono::milliseconds(300); // so long it waits for room
        (void)run("true"); // what the loop itself needs is there
        auto const before = test::count_descriptors();
        test::forbid_calls(call.calls, call.error);
        auto const value = run("true");
        if (value.end != ending::not_started || value.reason != call.reason) {
            std::cerr << describe(value) << '\n';
            return 1;
        }
        if (test::count_descriptors() != before) {
            return 2;
        }
        return test::no_child_is_left() ? 0 : 3;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_SUITE_END()
