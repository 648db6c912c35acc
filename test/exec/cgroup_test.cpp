#include "exec/cgroup.hpp"

#include "exec/process_info.hpp"
#include "test/exec/forked.hpp"
#include "test/exec/shell_fixture.hpp"
#include "test/support/eventually.hpp"
#include "test/support/system_call_filter.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iostream>

using namespace trafikito;
using namespace std::chrono_literals;
using test::text_of;
using ending = exec::result::ending;

namespace {

/// Of this process's groups: tests that run beside it shall not end them.
std::string const installation = "0123456789abcd" + std::to_string(::getpid() % 90 + 10);

std::filesystem::path own_directory() {
    return exec::directory_of(exec::find_cgroup_name(exec::read_proc("/proc/self/cgroup")),
                              exec::find_cgroup_mount(exec::read_proc("/proc/self/mountinfo")));
}

/// Whether a group that this process made is still there.
bool any_left() {
    auto const name = "trafikito-" + std::to_string(::getpid()) + "-";
    for (auto const& entry : std::filesystem::directory_iterator(own_directory())) {
        if (entry.path().filename().string().starts_with(name)) {
            return true;
        }
    }
    return false;
}

boost::test_tools::assertion_result can_have_them(boost::unit_test::test_unit_id /*unused*/) {
    boost::test_tools::assertion_result result(
        exec::command_groups().describe().starts_with("each command runs"));
    result.message() << exec::command_groups().describe();
    return result;
}

void enter(exec::cgroup const& group) {
    int const members = ::openat(group.directory(), "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (members < 0 || ::write(members, "0", 1) != 1) {
        std::_Exit(253);
    }
    ::close(members);
}

/// A child that sits in the group until somebody ends it.
pid_t start_in(exec::cgroup const& group) {
    auto const pid = ::fork();
    if (pid == 0) {
        enter(group);
        ::close(group.directory()); // or the lock of an agent that is gone would stay
        ::pause();
        std::_Exit(0);
    }
    (void)test::eventually([&] { return group.members() == std::vector{pid}; });
    return pid;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(cgroup, test::shell_fixture,
                         *boost::unit_test::precondition(can_have_them))

BOOST_AUTO_TEST_CASE(a_command_is_in_a_group_of_its_own_that_goes_with_it) {
    auto const results = run({line("grep ^0:: /proc/self/cgroup; sleep 0.1", "trafikito_a"),
                              line("grep ^0:: /proc/\\$\\$/cgroup; sleep 0.1", "trafikito_b")});
    auto const prefix = "/trafikito-" + std::to_string(::getpid()) + "-";
    for (auto const& value : results) {
        BOOST_TEST(text_of(value).find(prefix) != std::string::npos);
    }
    BOOST_TEST(text_of(results[0]) != text_of(results[1]));
    BOOST_TEST(!any_left());
}

BOOST_AUTO_TEST_CASE(so_is_one_of_another_user) {
    if (test::root_for("a command of another user in a group of its own")) {
        auto command = line("grep ^0:: /proc/self/cgroup; setsid sleep 110001 & ls /proc/self/fd");
        command.limited.user = "nobody";
        auto const value = std::move(run(std::vector{command}).front());
        BOOST_TEST(text_of(value).find("/trafikito-") != std::string::npos);
        BOOST_TEST(text_of(value).ends_with("0\n1\n2\n3\n")); // 3 is the directory that ls reads
        BOOST_TEST(value.leftovers_killed == 1U);
    }
}

BOOST_AUTO_TEST_CASE(one_that_means_to_start_a_daemon_is_in_none) {
    auto command = line("grep ^0:: /proc/self/cgroup");
    command.daemon = true;
    BOOST_TEST(text_of(run(std::vector{command}).front()).find("/trafikito-") == std::string::npos);
}

// Their sessions, groups, pipes and starting times tell nothing: both were there when these began.
BOOST_AUTO_TEST_CASE(leftovers_of_commands_that_overlap_are_told_apart) {
    std::string const daemon = "setsid sh -c 'setsid sleep 110002 </dev/null >/dev/null 2>&1 &'; ";
    auto const results = run({line(daemon + "sleep 0.4", "trafikito_a"),
                              line(daemon + daemon + "sleep 0.2", "trafikito_b")});
    BOOST_TEST(results[0].leftovers_killed == 1U);
    BOOST_TEST(results[1].leftovers_killed == 2U);
    BOOST_TEST(!any_left());
}

BOOST_AUTO_TEST_CASE(groups_that_a_command_makes_in_its_own_go_with_it) {
    auto const own = own_directory().string();
    auto const value =
        run("g=" + own +
            "\\$(sed -n 's,^0::.*/,/,p' /proc/self/cgroup); mkdir -p \\$g/x/y && "
            "setsid sh -c \\\"echo 0 >\\$g/x/y/cgroup.procs; exec sleep 110003\\\" & "
            "sleep 0.3");
    BOOST_TEST(text_of(value) == "");
    BOOST_TEST(value.leftovers_killed == 1U);
    BOOST_TEST(!any_left());
}

BOOST_AUTO_TEST_CASE(without_clone3_a_command_enters_its_group_itself) {
    auto const code = test::forked([&] {
        // As RestrictNamespaces= of systemd does: its filter cannot see what clone3(2) is asked
        // for.
        test::forbid_calls({SYS_clone3}, ENOSYS);
        auto const value = run("grep ^0:: /proc/self/cgroup; setsid sleep 110004 >/dev/null &");
        return text_of(value).find("/trafikito-") != std::string::npos &&
                       value.leftovers_killed == 1 && !any_left()
                   ? 0
                   : 1;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(where_groups_cannot_be_written_commands_run_as_ever) {
    if (!test::root_for("a read-only cgroup file system")) {
        return;
    }
    auto const code = test::forked([&] {
        auto const point = exec::find_cgroup_mount(exec::read_proc("/proc/self/mountinfo")).point;
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount(nullptr, point.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) !=
                0) {
            return 2;
        }
        exec::command_groups groups;
        if (groups.make() || groups.describe().find("Read-only file system") == std::string::npos) {
            return 3;
        }
        auto const value = run("(setsid sleep 110005 &) ; echo done");
        return text_of(value) == "done\n" && value.leftovers_killed == 1 ? 0 : 1;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(another_user_without_groups_runs_commands_as_ever) {
    if (!test::root_for("an agent of another user")) {
        return;
    }
    auto const code = test::forked([&] {
        test::become_nobody_else();
        exec::command_groups groups;
        if (groups.make() || groups.describe().find("Permission denied") == std::string::npos) {
            return 3;
        }
        auto const value = run("(setsid sleep 110006 &) ; echo done");
        return text_of(value) == "done\n" && value.leftovers_killed == 1 ? 0 : 1;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(what_a_killed_agent_left_is_ended_by_the_next) {
    std::array<int, 2> ends{};
    BOOST_REQUIRE(::pipe(ends.data()) == 0);
    (void)test::forked([&] {
        exec::command_groups groups(installation);
        auto const group = groups.make();
        auto const left = start_in(*group);
        (void)!::write(ends[1], &left, sizeof left);
        ::kill(::getpid(), SIGKILL);
        return 0;
    });
    pid_t left = 0;
    BOOST_REQUIRE(::read(ends[0], &left, sizeof left) == sizeof left);
    ::close(ends[0]);
    ::close(ends[1]);
    auto const seen = exec::look_at(left);
    BOOST_REQUIRE(seen.has_value());
    auto const group =
        own_directory() / std::filesystem::path(exec::find_cgroup_name(exec::read_proc(
                                                    "/proc/" + std::to_string(left) + "/cgroup")))
                              .filename();
    BOOST_TEST(std::filesystem::exists(group));
    {
        exec::command_groups const another("0123456789abcdee");
        exec::command_groups const none;
        BOOST_TEST(exec::still_runs(*seen));
        exec::command_groups const next(installation);
        BOOST_TEST(test::eventually([&] { return !exec::still_runs(*seen); }));
    }
    BOOST_TEST(!std::filesystem::exists(group));
    ::kill(left, SIGKILL);
    ::waitpid(left, nullptr, 0); // it came to us if this process takes orphans
}

BOOST_AUTO_TEST_CASE(the_group_of_an_agent_that_lives_is_left_alone) {
    exec::command_groups ours(installation);
    auto const group = ours.make();
    auto const child = start_in(*group);
    exec::command_groups const another(installation);
    BOOST_TEST(group->members() == std::vector{child}, boost::test_tools::per_element());
    BOOST_TEST(group->kill());
    ::waitpid(child, nullptr, 0);
    BOOST_TEST(test::eventually([&] { return group->remove(); }));
}

BOOST_AUTO_TEST_CASE(a_name_alone_makes_no_group_the_agents) {
    for (auto const& name :
         {"trafikito-server", "trafikito-backup.service", "trafikito-12345-0", "trafikito-agent-1",
          "trafikito-0123456789abcdef-1-0", "trafikito-INSTALLATION", "trafikito-INSTALLATION-1",
          "trafikito-INSTALLATION-x-0", "trafikito-INSTALLATION-1-0.service"}) {
        std::string directory = name;
        if (auto const at = directory.find("INSTALLATION"); at != std::string::npos) {
            directory.replace(at, std::string("INSTALLATION").size(), installation);
        }
        auto const path = own_directory() / directory;
        BOOST_REQUIRE(std::filesystem::create_directory(path));
        exec::cgroup others(path, "", base::descriptor(::open(path.c_str(), O_DIRECTORY)));
        auto const child = start_in(others);
        {
            exec::command_groups const next(installation);
        }
        BOOST_TEST(::waitpid(child, nullptr, WNOHANG) == 0, name);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        BOOST_TEST(test::eventually([&] { return others.remove(); }));
    }
}

BOOST_AUTO_TEST_CASE(the_agent_does_not_kill_itself_with_a_group_that_it_was_put_into) {
    auto const code = test::forked([&] {
        exec::command_groups groups(installation);
        auto const group = groups.make();
        auto const child = start_in(*group);
        enter(*group);
        bool const killed = group->kill();
        int status = 0;
        ::waitpid(child, &status, 0);
        std::ofstream(own_directory().parent_path() / "cgroup.procs") << 0;
        return killed && WIFSIGNALED(status) ? 0 : 1;
    });
    BOOST_TEST(code == 0);
    exec::command_groups const removes_it(installation);
}

BOOST_AUTO_TEST_SUITE_END()
