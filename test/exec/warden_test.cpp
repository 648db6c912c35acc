// Whose a leftover is, and what is none. Without cgroups: with them it is the kernel that knows.
#include "exec/warden.hpp"

#include "test/exec/forked.hpp"
#include "test/exec/shell_fixture.hpp"
#include "test/exec/sleepers.hpp"
#include "test/support/eventually.hpp"
#include "test/support/system_call_filter.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
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
            // One that was not there yet when we looked may come while the others end.
            bool const gone = test::eventually([] {
                for (auto const& one : exec::descendants_of(::getpid())) {
                    ::kill(one.pid, SIGKILL);
                }
                while (::waitpid(-1, nullptr, WNOHANG) > 0) {
                }
                return ::waitpid(-1, nullptr, WNOHANG) < 0;
            });
            return gone ? code : 9;
        });
    }

    /// A directory in which another user may write.
    test::temporary_directory here;
    warden_fixture() { ::chmod(here.path().c_str(), 0777); } // NOLINT(*-mask)
    [[nodiscard]] std::string file(char const* name) const { return (here.path() / name).string(); }

    /// Somebody's child of this process that leaves a `sleep NUMBER` after the other, as long as it
    /// lives.
    static pid_t start_stranger(std::string const& number, rlim_t locks = RLIM_INFINITY) {
        ::prctl(PR_SET_CHILD_SUBREAPER, 1); // before it is there: its first orphan is ours, too
        auto const pid = ::fork();
        if (pid == 0) {
            rlimit limit{locks, RLIM_INFINITY};
            ::setrlimit(RLIMIT_LOCKS, &limit);
            auto const script =
                "while :; do (setsid sleep " + number + " &); sleep 0.05; done >/dev/null 2>&1";
            ::execlp("sh", "sh", "-c", script.c_str(), nullptr);
            std::_Exit(1);
        }
        return pid;
    }

    /// What a command that leaves nothing is charged with while the orphans of a stranger come.
    int run_beside_a_stranger(std::string const& number, rlim_t locks = RLIM_INFINITY) {
        keeps_warden = true;
        auto const stranger = start_stranger(number, locks);
        std::size_t doubts = 0;
        (void)run("true");
        warden->on_warning([&](std::string const&) { ++doubts; });
        if (!test::eventually([&] { return sleepers(number) > 0; })) {
            return 1;
        }
        auto const before = sleepers(number);
        auto const value = run("sleep 0.5");
        auto const again = run("sleep 0.2");
        bool const spared = sleepers(number) > before && value.leftovers_killed == 0 &&
                            again.leftovers_killed == 0 && value.unkillable == 0 && doubts == 1;
        ::kill(stranger, SIGKILL);
        return spared ? 0 : 2;
    }
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

// SIGCHLD is blocked meanwhile: it must not be what reaping waits for.
BOOST_AUTO_TEST_CASE(who_ends_while_a_command_runs_is_reaped_then) {
    auto const go = file("go");
    auto const stranger = ::fork();
    if (stranger == 0) {
        while (::access(go.c_str(), F_OK) != 0) {
            ::usleep(1000);
        }
        std::_Exit(0);
    }
    auto const gone = "[ -e /proc/" + std::to_string(stranger) + " ]";
    auto const value = run(": >" + go + "; while " + gone + "; do sleep 0.01; done; echo reaped");
    BOOST_TEST(text_of(value) == "reaped\n");
    BOOST_TEST(::waitpid(stranger, nullptr, WNOHANG) == -1);
}

// `(while :; do sh -c "setsid sleep 30 &"; done) & exec trafikito-agent`
BOOST_AUTO_TEST_CASE(orphans_of_a_child_that_was_there_before_are_not_the_commands) {
    BOOST_TEST(without_groups([&] { return run_beside_a_stranger("120006"); }) == 0);
}

BOOST_AUTO_TEST_CASE(a_limit_that_somebody_inherited_is_no_tag) {
    BOOST_TEST(without_groups([&] { return run_beside_a_stranger("120007", 1UL << 61U); }) == 0);
    BOOST_TEST(without_groups([&] { return run_beside_a_stranger("120007", 1UL << 41U); }) == 0);
}

BOOST_AUTO_TEST_CASE(orphans_of_a_daemon_that_lost_its_tag_are_left_alone) {
    auto const code = without_groups([&] {
        keeps_warden = true;
        auto starts =
            line("prlimit --pid \\$\\$ --locks=unlimited; setsid sh -c 'while :; do (setsid "
                 "sleep 120008 &); sleep 0.05; done' >/dev/null 2>&1 &");
        starts.daemon = true;
        (void)run(std::vector{starts});
        auto const value = run("sleep 0.5");
        return value.leftovers_killed == 0 && sleepers("120008") > 1 ? 0 : 1;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(one_that_took_its_tag_off_is_a_commands_where_nobody_else_is) {
    auto const code = without_groups([&] {
        auto const value = run("prlimit --pid \\$\\$ --locks=unlimited; (setsid sleep 120009 &) ; "
                               "sleep 0.05; echo done");
        return text_of(value) == "done\n" && value.leftovers_killed == 1 ? 0 : 1;
    });
    BOOST_TEST(code == 0);
}

// What the first signal spares, the second one does.
BOOST_AUTO_TEST_CASE(killing_the_commands_spares_all_else) {
    auto const code = without_groups([&] {
        keeps_warden = true;
        auto const stranger = start_stranger("120010");
        (void)run("true");
        boost::asio::steady_timer poll(*context);
        std::function<void()> look = [&] {
            if (std::filesystem::exists(file("go"))) {
                return warden->kill_commands();
            }
            poll.expires_after(5ms);
            poll.async_wait([&](auto) { look(); });
        };
        look();
        auto starts = line("(setsid sleep 120012 &); : >" + file("started") + "; while ! [ -e " +
                               file("go") + " ]; do sleep 0.01; done; sleep 120011",
                           "trafikito_daemon");
        starts.daemon = true;
        auto const ends = line("while ! [ -e " + file("started") +
                               " ]; do sleep 0.01; done; "
                               "(setsid sleep 120011 &); : >" +
                               file("go") + "; sleep 120011");
        auto const results = run(std::vector{starts, ends});
        auto const spared = sleepers("120010");
        bool const goes_on = test::eventually([&] { return sleepers("120010") > spared; });
        ::kill(stranger, SIGKILL);
        return results[0].end == ending::signalled && results[1].end == ending::signalled &&
                       sleepers("120011") == 0 && sleepers("120012") == 1 && goes_on
                   ? 0
                   : 1;
    });
    BOOST_TEST(code == 0);
}

// A filter of system calls refuses to make this process a subreaper: its parent gets the orphans.
BOOST_AUTO_TEST_CASE(where_orphans_are_handed_to_another_they_are_found_by_proof) {
    auto const code = without_groups([&] {
        keeps_warden = true;
        test::forbid_calls({{SYS_prctl, 0, ~0U, PR_SET_CHILD_SUBREAPER}}, EPERM);
        constexpr auto leaves_one = R"(setsid sleep 1000 >/dev/null 2>&1 & echo \$!)";
        auto stays = line(leaves_one);
        stays.daemon = true;
        auto const daemon = std::stoi(text_of(run(std::vector{stays}).front()));
        auto const left = run(leaves_one);
        (void)run("true");
        auto const leftover = exec::look_at(std::stoi(text_of(left)));
        bool const stayed = ::kill(daemon, SIGKILL) == 0;
        return left.leftovers_killed == 1 && (!leftover || leftover->ended()) && stayed ? 0 : 1;
    });
    BOOST_TEST(code == 0);
    while (::wait(nullptr) > 0) {
    }
}

BOOST_AUTO_TEST_SUITE_END()
