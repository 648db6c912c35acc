// By which cgroup a service manager ends the agent. That it works: test/lab/daemons.sh.
#include "exec/daemon_scope.hpp"

#include "exec/process_info.hpp"
#include "test/exec/shell_fixture.hpp"
#include "test/exec/sleepers.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace trafikito;

BOOST_FIXTURE_TEST_SUITE(daemon_scope, test::shell_fixture)

BOOST_AUTO_TEST_CASE(the_cgroup_of_a_service_is_found) {
    auto const find = exec::find_service_cgroup;
    BOOST_TEST(find("0::/system.slice/trafikito-agent.service\n") ==
               "/system.slice/trafikito-agent.service");
    BOOST_TEST(find("0::/system.slice/a.service/below\n") == "/system.slice/a.service/below");
    BOOST_TEST(find("12:pids:/x.service\n1:name=systemd:/system.slice/a.service\n") ==
               "/system.slice/a.service");
    BOOST_TEST(find("1:name=systemd:/system.slice/a.service\n0::/\n") == "/system.slice/a.service");
}

BOOST_AUTO_TEST_CASE(where_both_hierarchies_are_the_new_one_counts) {
    auto const find = exec::find_service_cgroup;
    BOOST_TEST(find("1:name=systemd:/system.slice/a.service\n0::/system.slice/b.scope\n") == "");
    BOOST_TEST(find("1:name=systemd:/a.scope\n0::/system.slice/b.service\n") ==
               "/system.slice/b.service");
}

BOOST_AUTO_TEST_CASE(who_is_no_service_has_none) {
    for (auto const* text :
         {"", "\n", "0::/\n", "0::/user.slice/session-3.scope\n", "1:name=systemd:/init.scope\n",
          "0::/a.service.d\n", "9:pids:/a.service\n"}) {
        BOOST_TEST(exec::find_service_cgroup(text) == "", text);
    }
}

// These tests run in no service: nothing is moved, and nothing is asked.
BOOST_AUTO_TEST_CASE(
    outside_a_service_what_a_daemon_leaves_is_where_it_was,
    *boost::unit_test::precondition([](auto) {
        return exec::find_service_cgroup(exec::read_proc("/proc/self/cgroup")).empty();
    })) {
    auto starts = line("setsid sleep 130001 >/dev/null 2>&1 & sleep 0.1");
    starts.daemon = true;
    keeps_warden = true;
    (void)run(std::vector{starts});
    BOOST_TEST(test::sleepers("130001") == 1U);
    for (auto const& one : exec::descendants_of(::getpid())) {
        BOOST_TEST(exec::read_proc("/proc/" + std::to_string(one.pid) + "/cgroup") ==
                   exec::read_proc("/proc/self/cgroup"));
        ::kill(one.pid, SIGKILL);
        ::waitpid(one.pid, nullptr, 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()
