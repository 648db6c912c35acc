// Commands that want to hang, flood or outlive the agent. The fixture counts what each leaves.
#include "exec/warden.hpp"

#include "test/exec/forked.hpp"
#include "test/exec/shell_fixture.hpp"
#include "test/support/eventually.hpp"
#include "test/support/sanitized.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>

using namespace trafikito;
using namespace std::chrono_literals;
using test::text_of;
using ending = exec::result::ending;

namespace {

/// Whether a process runs `sleep NUMBER`: tests sleep for a number of seconds of their own.
bool sleeps(std::string const& number) {
    for (auto const& entry : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(entry.path() / "cmdline");
        std::string arguments;
        std::getline(file, arguments);
        if (arguments == std::string("sleep\0", 6) + number + std::string("\0", 1)) {
            return true;
        }
    }
    return false;
}

std::size_t resident_kib() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(hostile, test::shell_fixture)

BOOST_AUTO_TEST_CASE(a_new_session_in_the_background_is_killed) {
    auto const value = run("(setsid sleep 100001 &) ; echo done");
    BOOST_TEST(text_of(value) == "done\n");
    BOOST_TEST((value.end == ending::exited));
    BOOST_TEST(value.leftovers_killed == 1U);
    BOOST_TEST(!sleeps("100001"));
}

BOOST_AUTO_TEST_CASE(a_daemon_that_gave_up_everything_is_killed) {
    auto const value =
        run("setsid sh -c 'setsid sleep 100002 </dev/null >/dev/null 2>&1 &' ; sleep 0.1");
    BOOST_TEST(value.leftovers_killed == 1U);
    BOOST_TEST(!sleeps("100002"));
}

BOOST_AUTO_TEST_CASE(a_whole_tree_behind_new_sessions_is_killed) {
    auto const value = run("for i in 1 2 3; do setsid sh -c 'sleep 100003 & setsid sleep 100003 & "
                           "sleep 100003' >/dev/null 2>&1 & done; sleep 0.2");
    BOOST_TEST(value.leftovers_killed >= 6U);
    BOOST_TEST(!sleeps("100003"));
}

BOOST_AUTO_TEST_CASE(disowned_background_children_are_killed) {
    (void)run("sleep 100004 & sleep 100004 & nohup sleep 100004 >/dev/null 2>&1 &");
    BOOST_TEST(!sleeps("100004"));
}

BOOST_AUTO_TEST_CASE(an_escaped_child_of_a_stopped_command_is_killed) {
    limits.command_timeout = 200ms;
    auto const value = run("(setsid sh -c 'trap \"\" TERM; sleep 100005' &) ; sleep 100005");
    BOOST_TEST(value.stopped);
    BOOST_TEST(!sleeps("100005"));
}

BOOST_AUTO_TEST_CASE(escaped_children_are_not_blamed_on_a_neighbour) {
    auto const results = run({line("(setsid sleep 100006 &) ; sleep 0.1", "trafikito_a"),
                              line("sleep 0.5; echo fine", "trafikito_b")});
    BOOST_TEST(results[0].leftovers_killed == 1U);
    BOOST_TEST(results[1].leftovers_killed == 0U);
    BOOST_TEST(text_of(results[1]) == "fine\n");
    BOOST_TEST(!sleeps("100006"));
}

BOOST_AUTO_TEST_CASE(a_neighbours_background_child_is_left_alone) {
    auto const results = run({line("sleep 0.1", "trafikito_a"),
                              line("(sleep 0.4; echo from the background) & wait", "trafikito_b")});
    BOOST_TEST(text_of(results[1]) == "from the background\n");
    BOOST_TEST(results[0].leftovers_killed == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_meant_to_be_a_daemon_stays) {
    auto starts = line("setsid sleep 100007 >/dev/null 2>&1 & echo started");
    starts.daemon = true;
    auto const value = std::move(run(std::vector{starts}).front());
    BOOST_TEST(value.leftovers_killed == 0U);
    BOOST_TEST(test::eventually([] { return sleeps("100007"); }));
    // The fixture tolerates no child: it is ours now.
    for (auto const child : exec::children_of(::getpid())) {
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }
}

BOOST_AUTO_TEST_CASE(a_fork_storm_under_its_time_out_leaves_nothing) {
    limits.command_timeout = 1s;
    (void)run(
        "i=0; while [ \\$i -lt 300 ]; do (setsid sleep 100008 >/dev/null 2>&1 &) ; i=\\$((i+1)); "
        "done; sleep 100008");
    BOOST_TEST(!sleeps("100008"));
}

// `|` keeps each generation alive; the limit is the machine's, for root is bound by none.
BOOST_AUTO_TEST_CASE(a_fork_bomb_under_its_time_out_leaves_nothing) {
    if (!test::root_for("a fork bomb of another user")) {
        return;
    }
    limits.command_timeout = 1s;
    auto bomb =
        line("ulimit -p 400 || exit 7; f() { f | f & }; f & exec sleep 100011", "trafikito_bomb");
    bomb.limited.user = "nobody";
    auto const results = run({bomb, line("echo fine", "trafikito_b")});
    BOOST_TEST(results[0].stopped);
    BOOST_TEST(results[0].unkillable == 0U);
    BOOST_TEST(text_of(results[1]) == "fine\n");
    BOOST_TEST(!sleeps("100011"));
}

BOOST_AUTO_TEST_CASE(one_that_leaves_its_group_for_the_agents_is_stopped) {
    limits.command_timeout = 300ms;
    auto const value =
        run("exec perl -e 'setpgrp(0, getpgrp(getppid())); print getpgrp() == \\$\\$ ? 1 : 0, 10; "
            "\\$| = 1; print qq(\\n); sleep 100015'");
    BOOST_TEST(text_of(value) == "110\n");
    BOOST_TEST(value.stopped);
    BOOST_TEST((value.end == ending::signalled));
}

// Where there is no cgroup, nobody else would find it.
BOOST_AUTO_TEST_CASE(the_end_of_the_agent_is_the_end_of_what_it_runs) {
    (void)test::forked([&] {
        if (::geteuid() == 0) {
            test::become_nobody_else();
        }
        (void)run("kill -9 \\$PPID; exec sleep 100016");
        return 0;
    });
    BOOST_TEST(test::eventually([] { return !sleeps("100016"); }));
    while (::waitpid(-1, nullptr, 0) > 0) { // it came to us if this process takes orphans
    }
}

BOOST_AUTO_TEST_CASE(a_leftover_that_stopped_itself_is_killed) {
    auto const value = run("setsid sh -c 'kill -STOP \\$\\$; sleep 100012' >/dev/null & sleep 0.1");
    BOOST_TEST(value.leftovers_killed == 1U);
    BOOST_TEST(!sleeps("100012"));
}

BOOST_AUTO_TEST_CASE(a_shell_that_knows_no_disown_leaves_nothing_either) {
    auto const value = run("sleep 100013 & disown");
    BOOST_TEST(value.code == 127);
    BOOST_TEST(value.leftovers_killed == 1U);
    BOOST_TEST(!sleeps("100013"));
}

BOOST_AUTO_TEST_CASE(a_closed_stdout_keeps_nobody_from_being_timed) {
    limits.command_timeout = 200ms;
    auto const value = run("exec 1>&- 2>&-; sleep 100014");
    BOOST_TEST(value.stopped);
    BOOST_TEST(value.code == SIGTERM);
    BOOST_TEST(!sleeps("100014"));
}

BOOST_AUTO_TEST_CASE(output_without_end_is_stopped_and_kept_in_part) {
    limits.command_timeout = 500ms;
    limits.max_output = 64 * 1024;
    auto const value = run("exec yes 0123456789012345678901234567890123456789");
    BOOST_TEST(value.stopped);
    BOOST_TEST(value.output.cut());
    BOOST_TEST(value.output.bytes_kept() == limits.max_output);
}

BOOST_AUTO_TEST_CASE(half_a_gigabyte_of_output_costs_constant_memory) {
    (void)run("echo warm");
    auto const before = resident_kib();
    auto const value = run("head -c 500000000 /dev/zero");
    BOOST_TEST(value.output.bytes_seen() == 500'000'000U);
    BOOST_TEST(value.output.bytes_kept() == limits.max_output);
    BOOST_TEST(resident_kib() - before <= 4096U * test::memory_factor);
}

BOOST_AUTO_TEST_CASE(one_byte_without_newline_is_one_byte) {
    BOOST_TEST(text_of(run("printf x")) == "x");
}

BOOST_AUTO_TEST_CASE(two_hundred_hostile_commands_leave_nothing) {
    keeps_warden = true;
    limits.command_timeout = 100ms;
    limits.kill_grace = 20ms;
    for (int cycle = 0; cycle < 50; ++cycle) {
        (void)run({line("(setsid sleep 100009 &)", "trafikito_a"),
                   line("trap '' TERM; sleep 100009", "trafikito_b"),
                   line("sleep 100009 & exit 3", "trafikito_c"),
                   line("setsid setsid sleep 100009 >/dev/null 2>&1 &", "trafikito_d")});
    }
    BOOST_TEST(!sleeps("100009"));
}

// Its limits.

BOOST_AUTO_TEST_CASE(nice_is_set) {
    auto command = line("nice");
    command.limited.nice = 7;
    BOOST_TEST(text_of(run(std::vector{command}).front()) == "7\n");
}

BOOST_AUTO_TEST_CASE(memory_is_limited) {
    auto command = line("ulimit -v");
    command.limited.max_memory = 256U * 1024 * 1024;
    BOOST_TEST(text_of(run(std::vector{command}).front()) == "262144\n");
}

BOOST_AUTO_TEST_CASE(processor_time_is_limited) {
    auto command = line("while :; do :; done");
    command.limited.max_cpu = 1s;
    limits.command_timeout = 2min; // of a machine with other work, too
    auto const value = std::move(run(std::vector{command}).front());
    BOOST_TEST((value.end == ending::signalled));
    BOOST_TEST(value.code == SIGXCPU); // KILL would not say why
    BOOST_TEST(!value.stopped);
}

BOOST_AUTO_TEST_CASE(processor_time_is_limited_for_one_that_ignores_the_warning) {
    auto command = line("trap '' XCPU; while :; do :; done");
    command.limited.max_cpu = 1s;
    limits.command_timeout = 2min; // of a machine with other work, too
    auto const value = std::move(run(std::vector{command}).front());
    BOOST_TEST(value.code == SIGKILL);
    BOOST_TEST(!value.stopped);
}

// A service manager may have limited the agent itself: less than that is no less than that.
BOOST_AUTO_TEST_CASE(a_limit_above_the_agents_own_is_the_agents_own) {
    constexpr std::uint64_t tebibyte = 1024UL * 1024 * 1024 * 1024;
    auto const code = test::forked([&] {
        rlimit const own{64 * tebibyte, 64 * tebibyte}; // a sanitizer takes dozens of them
        ::setrlimit(RLIMIT_AS, &own);
        if (::geteuid() == 0) {
            test::become_nobody_else();
        }
        auto command = line("ulimit -v");
        command.limited.max_memory = 128 * tebibyte;
        auto const expected = std::to_string(64 * tebibyte / 1024) + "\n";
        return text_of(run(std::vector{command}).front()) == expected ? 0 : 1;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(root_runs_it_as_another_user) {
    auto command = line("id -un; id -gn; echo \\$USER; umask");
    command.limited.user = "nobody";
    auto const value = std::move(run(std::vector{command}).front());
    if (::geteuid() == 0) {
        BOOST_TEST(text_of(value) == "nobody\nnogroup\nnobody\n0022\n");
    } else {
        BOOST_TEST((value.end == ending::not_started));
        BOOST_TEST(value.reason.starts_with("its user cannot be set: "));
    }
}

BOOST_AUTO_TEST_CASE(a_user_that_does_not_exist_is_said) {
    auto command = line("id");
    command.limited.user = "no-such-user";
    auto const value = std::move(run(std::vector{command}).front());
    BOOST_TEST((value.end == ending::not_started));
    BOOST_TEST(value.reason == "there is no user no-such-user");
}

BOOST_AUTO_TEST_CASE(no_process_to_be_had_is_said) {
    // Root is not bound by RLIMIT_NPROC; running out of descriptors is the same kind of day.
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    keeps_warden = true;
    (void)run("true"); // the loop's own descriptors are there
    rlimit const tight{test::count_descriptors(), before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &tight);
    auto const value = run("true");
    ::setrlimit(RLIMIT_NOFILE, &before);
    BOOST_TEST((value.end == ending::not_started));
    BOOST_TEST(value.reason == "Too many open files");
}

BOOST_AUTO_TEST_SUITE_END()
