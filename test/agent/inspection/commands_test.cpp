#include "agent/inspection/commands.hpp"

#include "base/ascii.hpp"
#include "config/command_lint.hpp"
#include "net/api/default_commands.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

using namespace trafikito;
using agent::inspection::onlooker;

namespace {

struct installation_fixture {
    installation_fixture() {
        settings.base_dir = here.path();
        settings.available_commands = here.path() / "available_commands.sh";
    }

    /// What is said of one command, each on a line.
    [[nodiscard]] std::string said_of(std::string_view text) const {
        auto const list = config::parse_command_list("trafikito_x=\"" + std::string(text) + "\"\n",
                                                     settings.available_commands.string());
        std::string all;
        for (auto const& one : inspect_commands(settings, list, who)) {
            all += std::to_string(one.column) + ": " + one.what + " | " + one.hint + "\n";
        }
        return all;
    }
    [[nodiscard]] bool says(std::string_view text, std::string_view words) const {
        return said_of(text).find(words) != std::string::npos;
    }
    [[nodiscard]] std::string script(std::string const& name, std::string_view content) const {
        auto const path = here.write(name, content);
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return path.string();
    }

    test::temporary_directory here;
    config::settings settings;
    onlooker who{"me", "mine", ::geteuid(), ::getegid()};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(commands, installation_fixture)

BOOST_AUTO_TEST_CASE(the_default_commands_do_what_they_seem_to) {
    for (auto const& one : net::api::default_commands) {
        auto const read = config::read_twice(one.line, {});
        BOOST_TEST(config::find_command_faults(read, {}).empty(), one.line);
        auto const said = said_of(one.line);
        base::line_reader lines(said);
        while (auto const line = lines.next()) { // only a program may be missing here
            BOOST_TEST(line->text.find("there is no \"") != std::string_view::npos, line->text);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_program_must_be_in_the_path_of_commands) {
    BOOST_TEST(said_of("ls -l | sort | wc -l") == "");
    BOOST_TEST(says("no-such-program-of-ours", "there is no \"no-such-program-of-ours\""));
    BOOST_TEST(says("sortt", "Did you mean sort"));
    BOOST_TEST(says("ls; nice -n 5 no-such-program", "28: "));
    BOOST_TEST(says("x=1 no-such-program", "18: there is no"));
    BOOST_TEST(says("if no-such-program; then ls; fi", "17: there is no"));
    BOOST_TEST(says("ls | xargs no-such-program", "there is no"));
    BOOST_TEST(says("echo \\$(no-such-program)", "there is no"));
}

BOOST_AUTO_TEST_CASE(what_is_no_program_need_not_be_there) {
    for (std::string_view const text :
         {"f() { ls; }; f", "cd / && pwd", "[ -e / ] && test 1", "PATH=/x; no-such-program",
          "command -v nosuch && nosuch", "[ -x /nosuch ] && /nosuch", "nosuch || ls",
          "\\$program -x", "for x in nosuch; do echo \\$x; done",
          "case nosuch in nosuch) ls;; esac", "! ls", "export X=1; exec ls",
          "type nosuch; : nosuch"}) {
        BOOST_TEST(said_of(text) == "", text);
    }
}

BOOST_AUTO_TEST_CASE(a_program_with_its_path_must_be_there) {
    BOOST_TEST(said_of("/bin/ls") == "");
    BOOST_TEST(says("/bin/no-such-program", "there is no /bin/no-such-program"));
    BOOST_TEST(says("/usr", "/usr is a folder"));
    BOOST_TEST(says("sh /no/such.sh", "there is no /no/such.sh"));
    BOOST_TEST(says("cat < /no/such", "there is no /no/such: the command has no input"));
    BOOST_TEST(said_of("cat < /etc/passwd 2>/dev/null") == "");
    BOOST_TEST(says("bash -c 'no-such-program; ls'", "23: there is no"));
    BOOST_TEST(says("./no-such.sh", (here.path() / "no-such.sh").string()));
}

BOOST_AUTO_TEST_CASE(a_script_must_be_one_that_the_kernel_can_run) {
    BOOST_TEST(said_of(script("good", "#!/bin/sh\necho x\n")) == "");
    BOOST_TEST(said_of(script("bare", "echo x\n")) == "");
    BOOST_TEST(said_of(script("env", "#!/usr/bin/env sh\n")) == "");
    BOOST_TEST(says(script("dos", "#!/bin/sh\r\necho x\r\n"), "ends in a carriage return"));
    BOOST_TEST(says(script("bare_dos", "echo x\r\n"), "carriage returns"));
    BOOST_TEST(says(script("gone", "#!/bin/nosuch\n"), "names \"/bin/nosuch\""));
    BOOST_TEST(says(script("near", "#!/bin/shh\n"), "Did you mean #!/bin/sh?"));
    BOOST_TEST(says(script("env_gone", "#!/usr/bin/env nosuch\n"), "has env look for \"nosuch\""));
    BOOST_TEST(says(script("mark", "\xef\xbb\xbf#!/bin/sh\n"), "byte order mark"));
    BOOST_TEST(says("sh " + script("by_sh", "echo x\r\n"), "carriage returns"));
    BOOST_TEST(says(script("empty_name", "#!\n"), "names no interpreter"));
}

BOOST_AUTO_TEST_CASE(what_the_shell_cannot_read_is_an_error) {
    BOOST_TEST(says("echo it's", "single quote"));
    BOOST_TEST(says("ls; fi", "the shell cannot read this command"));
    BOOST_TEST(said_of("echo 'it' \\\\'s") == "");
}

BOOST_AUTO_TEST_CASE(names_of_secrets_are_no_part_of_a_message) {
    settings.command_env = {"TOKEN=very-secret", "PATH=/usr/bin:/bin"};
    BOOST_TEST(!says("nosuch $TOKEN; /$TOKEN/x", "very-secret"));
    BOOST_TEST(says("nosuch", "(/usr/bin:/bin)"));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_read_must_be_there) {
    auto const there = here.write("there.conf", "x\n").string();
    for (std::string_view const text :
         {"cat missing", "cat /no/such", "head -n 5 /no/such", "grep -c x /no/such",
          "ls -l /no/such", "wc -l < /etc/passwd; wc -l /no/such", "awk '{print}' /no/such",
          "df -h /no/such", "sed -n 1p /no/such | wc -l", "ls && cat /no/such", "stat /no/such",
          "sort -u /no/such"}) {
        BOOST_TEST(says(text, "there is no "), text);
    }
    BOOST_TEST(says("cat theree.conf", "Did you mean " + there));
    for (std::string const& text :
         std::vector<std::string>{"cat there.conf",
                                  "cat ./there.conf",
                                  "cat " + there,
                                  "cat /no/such || ls",
                                  "cat /no/such 2>/dev/null",
                                  "cat /no/such >/dev/null 2>&1",
                                  "[ -e /no/such ] && cat /no/such",
                                  "df > ./made; cat ./made",
                                  "df > made; cat ./made",
                                  "cd / && cat etc/passwd",
                                  "touch /tmp/x-of-ours; cat /tmp/x-of-ours",
                                  "grep /no/such /etc/passwd",
                                  "awk -f '/no/such' x=1 there.conf",
                                  "sed /no/such/d there.conf",
                                  "ls | xargs cat",
                                  "cat \\$file",
                                  "jq --arg a /no/such . there.conf",
                                  "tail +2 there.conf",
                                  "echo /no/such",
                                  "curl http://x/no/such || true",
                                  "cat /proc/self/status",
                                  "cat ~/x || ls",
                                  "ls ~root",
                                  "df | cat -"}) {
        BOOST_TEST(said_of(text) == "", text);
    }
}

BOOST_AUTO_TEST_CASE(a_pattern_must_match_something) {
    (void)here.write("a.conf", "x\n");
    BOOST_TEST(said_of("ls *.conf") == "");
    BOOST_TEST(said_of("cat /etc/pass*") == "");
    BOOST_TEST(said_of("ls '*.nosuch' 2>/dev/null") == "");
    BOOST_TEST(says("ls *.nosuch", "nothing matches"));
    BOOST_TEST(says("cat /etc/*.nosuch", "nothing matches"));
    BOOST_TEST(says("cat /no/such/*/x", "nothing matches"));
}

BOOST_AUTO_TEST_CASE(a_folder_must_be_there_to_be_entered_or_written_to) {
    BOOST_TEST(says("cd /no/such; ls", "cd fails, and what follows runs in"));
    BOOST_TEST(says("cd /etc/passwd && ls", "cd fails"));
    BOOST_TEST(says("df > /no/such/x", "cannot write there"));
    BOOST_TEST(says("df >> /no/such/x", "cannot write there"));
    BOOST_TEST(says("(df; ls) > /no/such/x", "cannot write there"));
    BOOST_TEST(says("mkdir -p /no/suchlike; df > /no/such/x", "cannot write there"));
    BOOST_TEST(says("mkdir such; df > no/x", "cannot write there"));
    BOOST_TEST(says("df > /etc", "is a folder"));
    BOOST_TEST(says("while read x; do ls; done < /no/such", "the command has no input"));
    BOOST_TEST(says("ls ~nosuchuser", "there is no user nosuchuser"));
    for (std::string_view const text :
         {"cd /; ls", "cd; ls", "cd - || ls", "cd /no/such || exit", "df > x", "df >/dev/null",
          "df 2>/dev/stderr", "mkdir -p ./y; df > ./y/x", "mkdir -p x/y; df > ./x/z", "cd \\$x; ls",
          "df > \\$x/y", "mkdir ./d && cd ./d"}) {
        BOOST_TEST(said_of(text) == "", text);
    }
    auto const elsewhere = (test::temporary_directory().path() / "y").string();
    BOOST_TEST(said_of("mkdir -p " + elsewhere + "; df > " + elsewhere + "/x") == "");
}

BOOST_AUTO_TEST_CASE(a_script_is_read_by_what_it_names) {
    auto const bash = script("of_bash", "#!/usr/bin/env bash\n[[ a ]]\n");
    auto const plain = script("plain", "#!/bin/sh\nls\n");
    BOOST_TEST(says("sh " + bash, "takes no notice of that"));
    BOOST_TEST(says("sh of_bash", "Write bash "));
    BOOST_TEST(says("sh " + script("python", "#!/usr/bin/python3 -u\n"), "names \"python3\""));
    BOOST_TEST(said_of("bash " + bash) == "");
    BOOST_TEST(said_of("bash " + plain) == "");
    BOOST_TEST(said_of("sh " + plain) == "");
    BOOST_TEST(said_of("sh " + script("bare", "ls\n")) == "");
}

BOOST_AUTO_TEST_CASE(nobody_else_may_change_what_is_run) {
    auto const elsewhere = test::temporary_directory();
    auto const file = elsewhere.write("x.sh", "#!/bin/sh\nls\n");
    namespace fs = std::filesystem;
    fs::permissions(file, fs::perms::owner_all);
    BOOST_TEST(said_of(file.string()) == "");
    fs::permissions(file, fs::perms::all);
    BOOST_TEST(says(file.string(), "runs what they like as me"));
    BOOST_TEST(says("sh " + file.string(), "chmod go-w"));
    fs::permissions(file, fs::perms::owner_all);
    fs::permissions(elsewhere.path(), fs::perms::all);
    BOOST_TEST(says(file.string(), elsewhere.path().string() + ": "));
    fs::permissions(elsewhere.path(), fs::perms::owner_all);
}

BOOST_AUTO_TEST_CASE(what_a_priority_needs) {
    who.uid = 12345;
    auto const list = config::parse_command_list("#: nice=-5\ntrafikito_x=\"ls\"\n",
                                                 settings.available_commands.string());
    auto const found = inspect_commands(settings, list, who);
    BOOST_REQUIRE(!found.empty());
    BOOST_TEST(found[0].what.find("nice below 0 needs root") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
