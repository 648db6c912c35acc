#include "agent/cli/caller.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

using namespace trafikito;
using namespace trafikito::agent::cli;
namespace fs = std::filesystem;

namespace {

bool has(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

struct caller_fixture {
    caller_fixture() {
        around = exec::clean_environment(here.path() / "base", (here.path() / "home").string(),
                                         "somebody");
    }

    fs::path program(std::string const& name) const {
        auto path = here.write(name, "#!/bin/sh\n");
        fs::permissions(path, fs::perms(0755));
        return path;
    }
    [[nodiscard]] caller who(std::string const& text) const {
        return look_at_caller(environment, {text});
    }
    /// What is said of a failure, all of it.
    [[nodiscard]] std::string said(std::string const& text, int code,
                                   std::string const& output = {}) const {
        return said_of({.text = text, .code = code, .output = output});
    }
    [[nodiscard]] std::string said_of(failed_command const& what) const {
        std::string all;
        for (auto const& one : why_it_fails_here(what, who(std::string(what.text)), around)) {
            all += one + "\n";
        }
        return all;
    }

    test::temporary_directory here;
    std::vector<std::string> environment{"PATH=" + (here.path() / "mine").string() + ":/usr/bin",
                                         "HOME=" + (here.path() / "my_home").string(),
                                         "SITE=secret value"};
    exec::execution_environment around;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(caller, caller_fixture)

BOOST_AUTO_TEST_CASE(a_program_of_the_callers_own_path) {
    auto const mine = program("mine/speedtest").string();
    auto const text = said("nice speedtest --simple | grep x", 127);
    BOOST_TEST(has(text, "you have speedtest in your PATH, as " + mine), text);
    BOOST_TEST(has(text, ": write " + mine + " in the list"), text);
    BOOST_TEST(said("speedtest", 1, "no server answered") == "");
    BOOST_TEST(has(said("speedtest || exit 1", 1, "sh: 1: speedtest: not found"), mine));
}

BOOST_AUTO_TEST_CASE(what_commands_find_too_is_no_difference) {
    (void)program("mine/ls");
    BOOST_TEST(said("ls /nowhere; nosuchprogram", 127) == "");
}

BOOST_AUTO_TEST_CASE(a_variable_of_the_caller) {
    auto const text = said("cat /$SITE/x", 1);
    BOOST_TEST(has(text, "you have a variable SITE, and commands have none of that name"), text);
    BOOST_TEST(!has(text, "secret"), text);
    BOOST_TEST(has(said("echo \\${SITE}", 1), "SITE"));
    for (auto const* none : {"SITE=x; echo \\$SITE", "for SITE in a; do echo \\$SITE; done",
                             "read SITE; echo \\$SITE", "echo \\$OTHER", "echo \\$5 \\$$"}) {
        BOOST_TEST(said(none, 1) == "", none);
    }
    around.environment.emplace_back("SITE=other");
    BOOST_TEST(said("echo \\$SITE", 1) == "");
}

BOOST_AUTO_TEST_CASE(a_file_of_the_callers_home) {
    auto const mine = here.write("my_home/.my.cnf", "x").string();
    for (auto const* text : {"mysql --defaults-file=~/.my.cnf", "cat \\$HOME/.my.cnf"}) {
        auto const all = said(text, 1);
        BOOST_TEST(has(all, "~/.my.cnf is " + mine + " for you, and for commands, whose HOME is " +
                                (here.path() / "home").string()),
                   all);
    }
    (void)here.write("home/.my.cnf", "x");
    BOOST_TEST(said("cat ~/.my.cnf", 1) == "");
}

BOOST_AUTO_TEST_CASE(sudo_that_asks_and_what_needs_a_terminal) {
    BOOST_TEST(has(said("sudo id", 1, "sudo: a password is required"), "NOPASSWD:"));
    BOOST_TEST(
        has(said("sudo id", 1, "sudo: The \"no new privileges\" flag is set"), "more-rights.conf"));
    BOOST_TEST(has(said("top", 1, "TERM environment variable not set."), "top -b"));
}

BOOST_AUTO_TEST_CASE(it_guesses_nothing) {
    for (auto const* text : {"false", "", "cat 'unterminated", "\\", "$", "${", "~/", "a|b;c&&d"}) {
        BOOST_TEST(said(text, 1) == "", text);
    }
}

BOOST_AUTO_TEST_CASE(three_reasons_at_most) {
    std::string text = "cat";
    for (char const* name : {"A", "B", "C", "D", "E"}) {
        environment.push_back(std::string(name) + "=1");
        text += std::string(" \\$") + name;
    }
    failed_command const what{.text = text, .code = 1, .output = {}};
    BOOST_TEST(why_it_fails_here(what, who(text), around).size() == 3U);
}

BOOST_AUTO_TEST_CASE(another_process_hears_the_same) {
    (void)program("mine/speedtest");
    (void)here.write("my_home/.x", "x");
    auto const one = who("speedtest \\$SITE ~/.x");
    BOOST_TEST(one.programs.size() == 1U);
    BOOST_TEST(one.variables.size() == 1U);
    BOOST_TEST(one.home_files.size() == 1U);
    auto const text = to_text(one);
    BOOST_TEST(!has(text, "\n"));
    BOOST_TEST((caller_from(text) == one));
    for (auto const* broken :
         {"", "x", "[]", "{", R"({"programs":[1],"variables":{},"homeFiles":1})"}) {
        BOOST_TEST((caller_from(broken) == agent::cli::caller()), broken);
    }
}

BOOST_AUTO_TEST_SUITE_END()
