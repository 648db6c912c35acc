#include "exec/child.hpp"

#include "test/exec/forked.hpp"
#include "test/exec/shell_fixture.hpp"
#include "test/support/system_call_filter.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

#include <fcntl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <functional>
#include <set>
#include <sstream>
#include <thread>

using namespace trafikito;
using namespace std::chrono_literals;
using test::head_of;
using test::tail_of;
using test::text_of;
using ending = exec::result::ending;

namespace {

std::set<std::string> lines_of(std::string const& text) {
    std::set<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        lines.insert(line);
    }
    return lines;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(child, test::shell_fixture)

// The double reading: what the shell agents gave by sourcing the file and evaluating the variable.

BOOST_AUTO_TEST_CASE(an_escaped_dollar_reaches_awk) {
    BOOST_TEST(text_of(run(R"(echo a b c | awk '{print \$2}')")) == "b\n");
}

BOOST_AUTO_TEST_CASE(an_unescaped_dollar_is_read_with_the_assignment) {
    BOOST_TEST(text_of(run(R"(echo a b c | awk '{print $2}')")) == "a b c\n");
}

BOOST_AUTO_TEST_CASE(variables_are_known_in_both_readings) {
    around.environment = {"PATH=/usr/bin:/bin", "HOME=/home/of me"};
    BOOST_TEST(text_of(run(R"(echo $HOME)")) == "/home/of me\n");
    BOOST_TEST(text_of(run(R"(x=7; echo \$x-$x)")) == "7-\n");
}

BOOST_AUTO_TEST_CASE(backslashes_are_halved_by_the_first_reading) {
    BOOST_TEST(text_of(run(R"(printf '%s' 'a\\b')")) == R"(a\b)");
    BOOST_TEST(text_of(run(R"(printf '%s' 'a\b')")) == R"(a\b)");
    BOOST_TEST(text_of(run(R"(printf '%s' a\\\\b)")) == R"(a\b)");
}

BOOST_AUTO_TEST_CASE(backquotes_are_read_with_the_assignment) {
    BOOST_TEST(text_of(run("echo `echo one`")) == "one\n");
    // What it printed is then read as commands.
    BOOST_TEST(text_of(run("echo `echo 'one; echo two'`")) == "one\ntwo\n");
    BOOST_TEST(text_of(run(R"(echo '\`echo one\`')")) == "`echo one`\n");
}

BOOST_AUTO_TEST_CASE(single_quotes_pipes_and_lists_are_the_second_reading) {
    BOOST_TEST(text_of(run("echo 'a   b' | tr a-z A-Z; echo 'c' && echo d")) == "A   B\nc\nd\n");
}

BOOST_AUTO_TEST_CASE(an_unterminated_text_runs_nothing) {
    auto const value = run(R"(echo hidden\)");
    BOOST_TEST((value.end == ending::exited));
    BOOST_TEST(value.code == 2);
    BOOST_TEST(text_of(value).find("hidden") == std::string::npos);
}

// What it prints.

BOOST_AUTO_TEST_CASE(stdout_and_stderr_are_one_stream_in_the_order_written) {
    BOOST_TEST(text_of(run("echo 1; echo 2 >&2; echo 3; echo 4 >&2")) == "1\n2\n3\n4\n");
}

BOOST_AUTO_TEST_CASE(bytes_are_not_re_encoded) {
    std::string octal = "printf '";
    std::string expected;
    for (int byte = 0; byte < 256; ++byte) {
        octal += "\\\\" + std::to_string(byte / 64) + std::to_string(byte / 8 % 8) +
                 std::to_string(byte % 8);
        expected += static_cast<char>(byte);
    }
    BOOST_TEST(text_of(run(octal + "'")) == expected);
}

BOOST_AUTO_TEST_CASE(no_output_is_no_output) {
    auto const value = run("true");
    BOOST_TEST(value.output.bytes_seen() == 0U);
    BOOST_TEST((value.end == ending::exited));
    BOOST_TEST(value.code == 0);
}

BOOST_AUTO_TEST_CASE(more_than_max_output_keeps_head_and_tail) {
    limits.max_output = 1000;
    auto const value = run("seq 1 100000");
    BOOST_TEST(value.output.cut());
    BOOST_TEST(value.output.bytes_seen() == 588895U);
    BOOST_TEST(value.output.bytes_kept() == 1000U);
    BOOST_TEST(head_of(value).starts_with("1\n2\n3\n"));
    BOOST_TEST(tail_of(value).ends_with("99999\n100000\n"));
}

// How it ends.

BOOST_AUTO_TEST_CASE(exit_code_and_signal_are_told_apart) {
    auto const nine = run("exit 9");
    BOOST_TEST((nine.end == ending::exited));
    BOOST_TEST(nine.code == 9);
    auto const killed = run(R"(kill -9 \$\$)");
    BOOST_TEST((killed.end == ending::signalled));
    BOOST_TEST(killed.code == SIGKILL);
    BOOST_TEST(describe_ending(killed) == "signal 9 (Killed)");
}

BOOST_AUTO_TEST_CASE(time_over_ends_it_with_term_and_keeps_what_it_printed) {
    limits.command_timeout = 200ms;
    auto const value = run("echo before; sleep 1000");
    BOOST_TEST(value.stopped);
    BOOST_TEST((value.end == ending::signalled));
    BOOST_TEST(value.code == SIGTERM);
    BOOST_TEST(text_of(value) == "before\n");
}

BOOST_AUTO_TEST_CASE(what_ignores_term_is_killed_after_the_grace) {
    limits.command_timeout = 200ms;
    auto const value = run(R"(trap '' TERM; echo ready; while :; do sleep 1000; done)");
    BOOST_TEST(value.stopped);
    BOOST_TEST((value.end == ending::signalled));
    BOOST_TEST(value.code == SIGKILL);
    BOOST_TEST(text_of(value) == "ready\n");
}

BOOST_AUTO_TEST_CASE(what_stopped_itself_still_ends) {
    limits.command_timeout = 200ms;
    auto const value = run(R"(kill -STOP \$\$; echo resumed)");
    BOOST_TEST(value.stopped);
    BOOST_TEST(value.code == SIGTERM);
}

BOOST_AUTO_TEST_CASE(a_background_child_that_holds_the_pipe_is_not_waited_for) {
    auto const value = run("sleep 1000 & echo done");
    BOOST_TEST((value.end == ending::exited));
    BOOST_TEST(text_of(value) == "done\n");
    BOOST_TEST(!value.stopped);
}

BOOST_AUTO_TEST_CASE(a_closed_stdout_is_not_the_end) {
    auto const value = run("exec 1>&- 2>&-; sleep 0.2; exit 5");
    BOOST_TEST(value.code == 5);
}

BOOST_AUTO_TEST_CASE(its_own_options_beat_the_limits) {
    auto slow = line("sleep 1000");
    slow.timeout = 100ms;
    slow.max_output = 0;
    auto const value = std::move(run(std::vector{slow}).front());
    BOOST_TEST(value.stopped);
}

BOOST_AUTO_TEST_CASE(time_and_memory_are_measured) {
    auto const value = run("sleep 0.1");
    BOOST_TEST(value.wall.count() >= 100);
    BOOST_TEST(value.peak_memory > 100'000U);
    BOOST_TEST(value.peak_memory_is_bound); // a small one beside this program
    auto const large = run("head -c 200000000 /dev/zero | tail -c 100000000 | tail -c 1");
    BOOST_TEST(large.peak_memory > 100'000'000U);
    // Sanitizers keep what was freed, so that this program may be the larger one.
    rusage own{};
    ::getrusage(RUSAGE_SELF, &own);
    BOOST_TEST((!large.peak_memory_is_bound || own.ru_maxrss * 1024 >= 80'000'000));
    auto const busy = run(R"(i=0; while [ \$i -lt 100000 ]; do i=\$((i+1)); done)");
    BOOST_TEST(busy.cpu.count() > 0);
}

// What it finds around it.

BOOST_AUTO_TEST_CASE(only_the_standard_descriptors_are_open) {
    int const leaked = ::dup(1); // on purpose without CLOEXEC, as Asio's sockets are
    auto const value = run("ls -1 /proc/self/fd | wc -l; readlink /proc/self/fd/0");
    ::close(leaked);
    // 0, 1, 2 and the one with which ls reads the directory.
    BOOST_TEST(text_of(value) == "4\n/dev/null\n");
}

BOOST_AUTO_TEST_CASE(without_close_range_too) {
    for (int const error : {EPERM, ENOSYS}) {
        auto const code = test::forked([&] {
            int const leaked = ::fcntl(1, F_DUPFD, 500);
            test::forbid_calls({SYS_close_range}, error);
            auto const value = run("ls -1 /proc/self/fd | wc -l");
            return leaked >= 500 && text_of(value) == "4\n" ? 0 : 1;
        });
        BOOST_TEST(code == 0);
    }
}

// What it prints to can be opened anew, by whomever it runs as.
BOOST_AUTO_TEST_CASE(its_outputs_can_be_opened_by_name) {
    constexpr auto text = "echo 1 >/dev/stdout; echo 2 >/dev/stderr; echo 3 >/proc/self/fd/1; "
                          "echo 4 >>/dev/fd/2; echo 5 | tee -a /dev/stderr >/dev/null; "
                          "exec 3<>/dev/stdout; echo 6 >&3";
    BOOST_TEST(text_of(run(text)) == "1\n2\n3\n4\n5\n6\n");
    if (!test::root_for("a command of another user")) {
        return;
    }
    auto command = line(text);
    command.limited.user = "nobody";
    BOOST_TEST(text_of(run(std::vector{command}).front()) == "1\n2\n3\n4\n5\n6\n");
    // Root without CAP_CHOWN, as in a container.
    auto const code = test::forked([&] {
        test::forbid_calls({SYS_fchown}, EPERM);
        return text_of(run(std::vector{command}).front()) == "1\n2\n3\n4\n5\n6\n" ? 0 : 1;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(the_environment_is_what_was_handed_in) {
    ::setenv("TRAFIKITO_API_KEY", "secret", 1);
    ::setenv("NOTIFY_SOCKET", "/run/notify", 1);
    around = exec::clean_environment("/usr", "/root", "root");
    auto const seen = lines_of(text_of(run("env")));
    std::set<std::string> expected(around.environment.begin(), around.environment.end());
    expected.insert("PWD=/usr"); // the shell's own
    for (auto const& variable : seen) {
        if (!variable.starts_with("_=") && !variable.starts_with("OLDPWD") &&
            !variable.starts_with("SHLVL=")) {
            BOOST_TEST(expected.erase(variable) == 1U, variable);
        }
    }
    BOOST_TEST(expected.empty());
}

BOOST_AUTO_TEST_CASE(an_added_variable_takes_the_place_of_one_of_that_name) {
    exec::add_variable(around, "PATH=/opt/bin:/usr/bin:/bin");
    exec::add_variable(around, "COLOR=blue");
    BOOST_TEST(text_of(run("echo $PATH $COLOR; env | grep -c ^PATH=")) ==
               "/opt/bin:/usr/bin:/bin blue\n1\n");
}

BOOST_AUTO_TEST_CASE(it_starts_in_the_directory_or_in_the_root) {
    around = exec::clean_environment("/usr", "/root", "root");
    BOOST_TEST(text_of(run("pwd; echo $BASEDIR")) == "/usr\n/usr\n");
    around = exec::clean_environment("/nowhere", "/root", "root");
    BOOST_TEST(text_of(run("pwd")) == "/\n");
}

BOOST_AUTO_TEST_CASE(signals_are_as_a_fresh_process_has_them) {
    ::signal(SIGPIPE, SIG_IGN);
    auto const value = run("grep -E '^Sig(Blk|Ign)' /proc/self/status | awk '{print \\$2}'");
    ::signal(SIGPIPE, SIG_DFL);
    BOOST_TEST(text_of(value) == "0000000000000000\n0000000000000000\n");
}

// Or it could leave its group for the agent's, and open the terminal that the agent was started in.
BOOST_AUTO_TEST_CASE(it_leads_a_session_of_its_own_and_has_no_terminal) {
    BOOST_TEST(text_of(run(R"([ \$(ps -o sid= -p \$\$) = \$\$ ] && ps -o tty= -p \$\$)")) == "?\n");
}

BOOST_AUTO_TEST_CASE(it_leads_a_group_of_its_own) {
    BOOST_TEST(text_of(run(R"([ \$(ps -o pgid= -p \$\$) = \$\$ ] && echo leader)")) == "leader\n");
}

// Its end may be seen before what it printed, by who looks at /proc; and all that the loop has to
// do before it can look at the pipe may take longer than a quiet pipe is waited for.
BOOST_AUTO_TEST_CASE(nothing_is_lost_while_the_agent_is_busy_when_a_command_ends) {
    auto const code = test::forked([&] {
        auto const& all = test::refusable_calls();
        auto const old = std::ranges::find(all, "linux-4.18", &test::named_calls::name);
        test::forbid_calls(old->calls, ENOSYS);
        keeps_warden = true;
        context.emplace(1);
        warden.emplace(context->get_executor());
        std::function<void()> busy = [&] {
            std::this_thread::sleep_for(250ms); // as long as other work may take
            boost::asio::post(*context, busy);
        };
        boost::asio::post(*context, busy);
        std::vector<exec::command> commands;
        for (auto const* when : {"0.30", "0.35", "0.40", "0.45", "0.50", "0.55", "0.60", "0.65"}) {
            commands.push_back(line(std::string("sleep ") + when + "; echo hello"));
        }
        return std::ranges::all_of(run(std::move(commands)),
                                   [](auto const& value) { return text_of(value) == "hello\n"; })
                   ? 0
                   : 1;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_SUITE_END()
