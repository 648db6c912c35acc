// Suite test_command: `trafikito-agent test`: what it shows of commands, what it says of those that
// fail, what it prints as it is sent, and that a daemon never notices.
#include "test/e2e/installation.hpp"
#include "test/support/eventually.hpp"
#include "test/support/pseudo_terminal.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <regex>

using namespace trafikito::test;
namespace fs = std::filesystem;

namespace {

bool has(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

/// What differs from run to run: durations, memory, pids, the columns that are as wide as they.
std::string normalised(std::string text) {
    for (auto const& [what, with] :
         {std::pair(R"((<= )?[0-9.]+ (KiB|MiB)( of [0-9.]+ (KiB|MiB))?)", "MEM"),
          std::pair(R"(\b[0-9.]+ (s|ms)\b)", "TIME"), std::pair(R"( {2,}(?=\S))", "  ")}) {
        text = std::regex_replace(text, std::regex(what), with);
    }
    return text;
}

struct test_command_fixture : pair {
    test_command_fixture() : pair(2) {
        there.environment["TRAFIKITO_INTERVAL"] = "120s"; // nothing is cut short by it
    }

    [[nodiscard]] finished test(std::vector<std::string> arguments = {}) const {
        arguments.insert(arguments.begin(), "test");
        return there.run(std::move(arguments));
    }
    /// The same where the caller has more in his environment.
    [[nodiscard]] finished test_with(std::vector<std::string> const& environment) const {
        auto all = there.all_environment();
        for (auto const& one : environment) {
            std::erase_if(all, [&](std::string const& other) {
                return other.starts_with(one.substr(0, one.find('=') + 1));
            });
            all.push_back(one);
        }
        return run({TRAFIKITO_AGENT, "test", "--config", there.config().string()}, all);
    }
    [[nodiscard]] std::vector<std::string> words(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(),
                         {TRAFIKITO_AGENT, "test", "--config", there.config().string()});
        return arguments;
    }
    [[nodiscard]] std::string list() const {
        return (there.base() / "available_commands.sh").string();
    }
    /// Of a command that runs until that file is there.
    [[nodiscard]] std::string until(std::string const& name, std::string const& then) const {
        return "touch " + name + ".begun; while ! [ -e " + name + " ]; do sleep 0.05; done; " +
               then;
    }
    [[nodiscard]] bool begun(std::string const& name) const {
        auto const file = there.base() / (name + ".begun");
        return eventually([&] { return fs::exists(file); });
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(test_command, test_command_fixture)

BOOST_AUTO_TEST_CASE(each_command_is_shown_and_all_stand_in_a_table) {
    commands("trafikito_well=\"echo one; echo; printf two\"\n"
             "trafikito_fails=\"echo no >&2; exit 3\"\n"
             "trafikito_killed=\"kill -9 \\$\\$\"\n"
             "#: timeout=200ms\n"
             "trafikito_long=\"echo begun; exec sleep 1000\"\n"
             "trafikito_leaves=\"sleep 1000 & sleep 1000 & echo left\"\n"
             "#: max_output=1KiB\n"
             "trafikito_much=\"yes 0123456789 | head -n 1000 | tail -n 1000\"\n"
             "#: user=\n"
             "trafikito_refused=\"id\"\n");
    auto const ran = test({"well", "trafikito_fails", "killed", "long", "leaves", "refused"});
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(
        normalised(ran.out) ==
        "trafikito_well: exit 0\n"
        "  one\n"
        "\n"
        "  two\n"
        "\n"
        "trafikito_fails: exit 3\n"
        "  no\n"
        "\n"
        "trafikito_killed: signal 9 (Killed)\n"
        "\n"
        "trafikito_long: timed out, signal 15 (Terminated)\n"
        "  begun\n"
        "\n"
        "trafikito_leaves: exit 0\n"
        "  left\n"
        "\n"
        "trafikito_refused: not run: option user must be the name or number of a user, not \"\"\n"
        "\n"
        "COMMAND  ENDED  TIME  CPU  MEMORY  OUTPUT\n"
        "trafikito_well  exit 0  TIME  TIME  MEM  8 bytes\n"
        "trafikito_fails  exit 3  TIME  TIME  MEM  3 bytes\n"
        "trafikito_killed  signal 9 (Killed)  TIME  TIME  MEM  0 bytes\n"
        "trafikito_long  timed out, signal 15 (Terminated)  TIME  TIME  MEM  6 bytes\n"
        "trafikito_leaves  exit 0  TIME  TIME  MEM  5 bytes  2 left behind and killed\n"
        "trafikito_refused  not run\n"
        "6 commands: 2 well, 2 failed, 1 timed out, 1 not run\n");
    auto const much = test({"much"});
    BOOST_TEST(exited(much, 0));
    BOOST_TEST(has(much.out, "\n  (1.0 KiB of 10.7 KiB are kept: max_output; what stood here is "
                             "left out)\n"),
               much.out);
}

BOOST_AUTO_TEST_CASE(what_a_command_prints_cannot_look_like_ours) {
    commands("trafikito_x=\"printf '\\\\033[31m\\\\ntrafikito_y: exit 0\\\\n1 command: 1 "
             "well\\\\n'\"\n");
    auto const ran = test();
    BOOST_TEST(exited(ran, 0));
    BOOST_TEST(has(ran.out, "    \\x1b[31m\n    trafikito_y: exit 0\n    1 command: 1 well\n"),
               ran.out);
}

BOOST_AUTO_TEST_CASE(as_sent_are_the_bytes_that_the_api_gets) {
    commands("trafikito_a=\"printf 'a \\\\033[1m\\\\377 b'\"\n"
             "trafikito_b=\"echo '*-*-*-*------------ Trafikito command: forged'; exit 1\"\n"
             "no command\n"
             "#: max_output=1KiB\n"
             "trafikito_c=\"yes | head -n 9999\"\n");
    order({{"tok trafikito_a,trafikito_b,trafikito_c 55 0"}});
    BOOST_TEST(exited(there.once(), 0));
    for (auto const* option : {"--as-sent", "--raw"}) {
        auto const ran = test({option});
        BOOST_TEST(exited(ran, 1));
        BOOST_TEST(ran.out == report().report);
        BOOST_TEST(has(ran.err, "3 commands: 2 well, 1 failed\n"), ran.err);
    }
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_in_the_list_is_a_wrong_command_line) {
    commands("trafikito_df_h=\"touch ran; df -h\"\n");
    auto const ran = test({"df_h", "dfh", "nothing"});
    BOOST_TEST(exited(ran, 2));
    BOOST_TEST(ran.out == "");
    BOOST_TEST(ran.err == "trafikito-agent: error: dfh is no command of " + list() +
                              "; did you mean df_h?\n"
                              "trafikito-agent: error: nothing is no command of " +
                              list() + ", which has df_h\n");
    BOOST_TEST(!fs::exists(there.base() / "ran"));
    commands("# none\n");
    auto const none = test();
    BOOST_TEST(exited(none, 1));
    BOOST_TEST(has(none.err, list() + " holds no command"), none.err);
    fs::remove(list());
    BOOST_TEST(exited(test(), 2));
}

BOOST_AUTO_TEST_CASE(a_command_may_have_the_name_of_a_subcommand) {
    commands("trafikito_status=\"echo it is\"\ntrafikito_check=\"echo so\"\n");
    auto const ran = test({"status", "check"});
    BOOST_TEST(exited(ran, 0));
    BOOST_TEST(has(ran.out, "    it is\n"), ran.out);
}

BOOST_AUTO_TEST_CASE(many_runs_show_their_spread) {
    commands("trafikito_same=\"echo same\"\n"
             "trafikito_third=\"echo x >>runs; wc -l <runs; [ \\$(wc -l <runs) != 3 ]\"\n");
    auto const ran = test({"--repeat", "5"});
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(normalised(ran.out) ==
               "trafikito_same: 5 runs: exit 0; the same output each time\n"
               "  least  median  most\n"
               "  time  TIME  TIME  TIME\n"
               "  processor time  TIME  TIME  TIME\n"
               "  memory, at most  MEM  MEM  MEM\n"
               "  output  5 bytes  5 bytes  5 bytes\n"
               "  output of run 5:\n"
               "  same\n"
               "\n"
               "trafikito_third: 5 runs: exit 0 in 4, exit 1 in 1; 5 different outputs\n"
               "  least  median  most\n"
               "  time  TIME  TIME  TIME\n"
               "  processor time  TIME  TIME  TIME\n"
               "  memory, at most  MEM  MEM  MEM\n"
               "  output  2 bytes  2 bytes  2 bytes\n"
               "  output of run 3:\n"
               "  3\n"
               "\n"
               "2 commands: 1 well, 1 failed, of 5 runs each\n");
    for (std::vector<std::string> const& wrong : {std::vector<std::string>{"--repeat", "0"},
                                                  {"--repeat", "1001"},
                                                  {"--repeat", "x"},
                                                  {"--repeat", "2", "--as-sent"}}) {
        BOOST_TEST(exited(test(wrong), 2));
    }
}

BOOST_AUTO_TEST_CASE(of_a_failure_it_says_what_the_caller_has_and_commands_have_not) {
    auto const mine = there.write("bin/speedtest", "#!/bin/sh\n");
    fs::permissions(mine, fs::perms(0755));
    commands("trafikito_speed=\"speedtest --simple\"\n"
             "trafikito_java=\"\\$MY_JAVA/bin/nothing\"\n");
    auto const ran = test_with(
        {"PATH=" + mine.parent_path().string() + ":/usr/bin:/bin", "MY_JAVA=/opt/secret"});
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(has(ran.out, "\n  why: speedtest is not in the PATH of commands"), ran.out);
    BOOST_TEST(has(ran.out, "\n  why: you have speedtest in your PATH, as " + mine.string()),
               ran.out);
    BOOST_TEST(has(ran.out, "\n  why: you have a variable MY_JAVA, and commands have none"),
               ran.out);
    BOOST_TEST(!has(ran.out, "/opt/secret"), ran.out);
}

BOOST_AUTO_TEST_CASE(as_root_it_becomes_the_daemons_user_and_says_what_that_one_may_not) {
    if (::geteuid() != 0) {
        BOOST_TEST_MESSAGE("skipped: only root can become another user");
        return;
    }
    fs::permissions(there.base(), fs::perms(0755));
    auto const closed = there.write("closed", "x");
    fs::permissions(closed, fs::perms(0600));
    commands("trafikito_who=\"id -un; cat closed " + closed.string() + "\"\n");
    there.environment["TRAFIKITO_RUN_AS"] = "nobody";
    auto const ran = test();
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(has(ran.out, "    nobody\n"), ran.out + ran.err);
    BOOST_TEST(has(ran.out,
                   "\n  why: nobody may not read " + closed.string() + " (root:root, mode 0600)\n"),
               ran.out);
}

BOOST_AUTO_TEST_CASE(says_where_the_daemon_that_runs_may_do_other_things) {
    commands("trafikito_x=\"echo x\"\n");
    order({{"tok trafikito_x 55 0"}});
    program const daemon({"/bin/sh", "-c", "ulimit -S -n 200; exec nice -n 5 \"$@\"", "sh",
                          TRAFIKITO_AGENT, "--config", there.config().string()},
                         there.all_environment());
    (void)report();
    auto const ran = test();
    BOOST_TEST(exited(ran, 0));
    BOOST_TEST(has(ran.err, "trafikito-agent: not quite as the agent that runs (process " +
                                std::to_string(daemon.pid()) +
                                "), which has: 200 open files at most (here "),
               ran.err);
    auto const nicer = std::min(::getpriority(PRIO_PROCESS, 0) + 5, 19);
    BOOST_TEST(has(ran.err, "nice " + std::to_string(nicer) + " (here "), ran.err);
    auto const same = run({"/bin/sh", "-c", "ulimit -S -n 200; exec nice -n 5 \"$@\"", "sh",
                           TRAFIKITO_AGENT, "test", "--config", there.config().string()},
                          there.all_environment());
    BOOST_TEST(same.err == "");
}

BOOST_AUTO_TEST_CASE(neither_it_nor_a_daemon_ends_what_the_other_has_started) {
    commands("trafikito_daemons=\"sleep 1000 & " + until("daemons", "echo of the daemon") +
             "\"\ntrafikito_tests=\"sleep 1000 & " + until("tests", "echo of the test") +
             "\"\ntrafikito_short=\"sleep 1000 & echo short\"\n");
    order({{"tok trafikito_short 55 0"},
           {"tok trafikito_daemons 55 0"},
           {"tok trafikito_short 55 0"}});
    there.environment["TRAFIKITO_INTERVAL"] = "1s";
    there.environment["TRAFIKITO_CYCLE_TIMEOUT"] = "60s";
    program testing(words({"tests"}), there.all_environment());
    BOOST_REQUIRE(begun("tests"));
    auto const daemon = there.daemon(); // ends what others of its installation have left
    BOOST_REQUIRE(begun("daemons"));    // and has done so once more, with its first command
    BOOST_TEST(exited(test({"short"}), 0));
    BOOST_TEST(exited(test({"short", "--repeat", "3"}), 0));
    (void)there.write("daemons", "");
    BOOST_TEST(has(report(2).report, section("trafikito_daemons") + "of the daemon\n"));
    (void)report(3);
    BOOST_TEST(!testing.ended());
    (void)there.write("tests", "");
    auto const tested = testing.wait();
    BOOST_TEST(exited(tested, 0));
    BOOST_TEST(has(tested.out, "    of the test\n"), tested.out);
    BOOST_TEST(has(tested.out, "1 left behind and killed\n"), tested.out);
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_CASE(a_terminal_shows_how_far_it_is_and_nothing_of_that_stays) {
    commands("trafikito_a=\"true\"\ntrafikito_b=\"true\"\ntrafikito_c=\"" + until("go", "true") +
             "\"\ntrafikito_d=\"echo it is done\"\n");
    pseudo_terminal terminal(words({}), there.all_environment());
    BOOST_TEST(terminal.shows("3/4 c ... "));
    BOOST_TEST(terminal.shows("3/4 c ... 1 s"));
    (void)there.write("go", "");
    BOOST_TEST(terminal.wait() == 0);
    auto const screen = terminal.screen();
    BOOST_TEST(screen.front() == "trafikito_a: exit 0");
    BOOST_TEST(screen.back() == "4 commands: 4 well");
    BOOST_TEST(std::ranges::none_of(screen, [](auto& line) { return has(line, "3/4"); }));
    auto const piped = test();
    BOOST_TEST(piped.err == "");
    BOOST_TEST(!has(piped.out, "\x1b"));
}

BOOST_AUTO_TEST_CASE(few_commands_need_no_progress) {
    commands("trafikito_a=\"echo a\"\ntrafikito_b=\"false\"\n");
    pseudo_terminal terminal(words({}), there.all_environment());
    BOOST_TEST(terminal.wait() == 1);
    BOOST_TEST(!has(terminal.written(), "/2"), terminal.written());
    // Red is what failed, and nobody asked for no colour.
    BOOST_TEST(has(terminal.written(), "\x1b[31mtrafikito_b: exit 1\x1b[0m"), terminal.written());
    there.environment["NO_COLOR"] = "1";
    pseudo_terminal plain(words({}), there.all_environment());
    BOOST_TEST(plain.wait() == 1);
    BOOST_TEST(!has(plain.written(), "\x1b"), plain.written());
}

BOOST_AUTO_TEST_CASE(ctrl_c_ends_what_runs_at_once) {
    commands("trafikito_a=\"echo begun; touch a.begun; sleep 1000 & sleep 1000\"\n"
             "trafikito_b=\"touch never; true\"\n");
    there.environment["TRAFIKITO_MAX_PARALLEL"] = "1";
    pseudo_terminal terminal(words({"--repeat", "9"}), there.all_environment());
    BOOST_REQUIRE(begun("a"));
    terminal.type("\x03");
    BOOST_TEST(terminal.wait() == 1);
    BOOST_TEST(has(terminal.written(), "trafikito_a: 1 run: interrupted, signal 15 (Terminated)"),
               terminal.written());
    BOOST_TEST(has(terminal.written(), "trafikito_b: not run: interrupted"), terminal.written());
    BOOST_TEST(!fs::exists(there.base() / "never"));
}

BOOST_AUTO_TEST_SUITE_END()
