// Whose a leftover is, and what is none. Without cgroups: with them it is the kernel that knows.
#include "exec/warden.hpp"

#include "test/exec/forked.hpp"
#include "test/exec/shell_fixture.hpp"
#include "test/exec/sleepers.hpp"
#include "test/support/eventually.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iostream>

using namespace trafikito;
using namespace std::chrono_literals;
using test::sleepers;
using test::text_of;
using ending = exec::result::ending;

namespace {

struct warden_fixture : test::shell_fixture {
    /// `run` in a process of its own, as a user who can have no cgroups.
    template <class Run>
    int without_groups(Run run) {
        return test::forked([&] {
            if (::geteuid() == 0) {
                test::become_nobody_else();
            }
            auto const code = run();
            for (auto const& one : exec::descendants_of(::getpid())) {
                ::kill(one.pid, SIGKILL);
            }
            while (::wait(nullptr) > 0) {
            }
            return code;
        });
    }

    /// A directory in which another user may write.
    test::temporary_directory here;
    warden_fixture() { ::chmod(here.path().c_str(), 0777); } // NOLINT(*-mask)
    [[nodiscard]] std::string file(char const* name) const { return (here.path() / name).string(); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(warden, warden_fixture)

BOOST_AUTO_TEST_CASE(each_of_many_that_end_together_is_blamed_for_its_own) {
    auto const code = without_groups([&] {
        limits.max_parallel = 20;
        std::vector<exec::command> commands;
        for (std::size_t i = 0; i < 20; ++i) {
            auto const go = file("go");
            commands.push_back(line(
                "i=0; while [ \\$i -lt " + std::to_string(i % 4) +
                    " ]; do setsid sleep 120001 >/dev/null 2>&1 & i=\\$((i+1)); done; : >" + go +
                    std::to_string(i) + "; while ! [ -e " + go + "19 ]; do sleep 0.01; done",
                "trafikito_" + std::to_string(i)));
        }
        auto const results = run(commands);
        for (std::size_t i = 0; i < results.size(); ++i) {
            if (results[i].leftovers_killed != i % 4 || results[i].end != ending::exited) {
                std::cerr << describe(results[i]) << '\n';
                return 1;
            }
        }
        return sleepers("120001") == 0 ? 0 : 2;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(what_a_daemon_starts_later_stays_too) {
    auto const code = without_groups([&] {
        keeps_warden = true;
        auto starts = line("setsid sh -c 'while ! [ -e " + file("go") +
                           " ]; do sleep 0.02; done; (setsid sleep 120002 &) ; : >" + file("gone") +
                           "; exec sleep 120002' >/dev/null 2>&1 & echo started");
        starts.daemon = true;
        (void)run(std::vector{starts});
        std::ofstream(file("go")) << "\n";
        auto const other =
            run("while ! [ -e " + file("gone") + " ]; do sleep 0.02; done; sleep 0.1");
        (void)run("true");
        return other.leftovers_killed == 0 && sleepers("120002") == 2 ? 0 : 1;
    });
    BOOST_TEST(code == 0);
}

// As PID 1 of a container: what somebody started there from outside, and left.
BOOST_AUTO_TEST_CASE(what_comes_while_no_command_runs_is_nobodys_leftover) {
    auto const code = without_groups([&] {
        keeps_warden = true;
        (void)run("true");
        if (::fork() == 0) {
            ::execlp("sh", "sh", "-c", "(setsid sleep 120003 &)", nullptr);
            std::_Exit(1);
        }
        if (!test::eventually([] { return sleepers("120003") == 1; })) {
            return 1;
        }
        auto const value = run("(setsid sleep 120004 &)");
        return value.leftovers_killed == 1 && sleepers("120003") == 1 && sleepers("120004") == 0
                   ? 0
                   : 2;
    });
    BOOST_TEST(code == 0);
}

// It is the one to which orphans of its own are handed: they are nothing that it waits for.
BOOST_AUTO_TEST_CASE(a_command_does_not_wait_for_its_orphans) {
    limits.command_timeout = 20s;
    auto const value = run("(setsid sleep 120005 &) ; sleep 0.1 & wait; echo done");
    BOOST_TEST(text_of(value) == "done\n");
    BOOST_TEST(!value.stopped);
    BOOST_TEST(value.leftovers_killed == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
