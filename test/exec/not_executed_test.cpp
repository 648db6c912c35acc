#include "exec/not_executed.hpp"

#include "exec/result.hpp"
#include "test/exec/shell_fixture.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

using namespace trafikito;
namespace fs = std::filesystem;

namespace {

struct not_executed_fixture : test::shell_fixture {
    not_executed_fixture() {
        around = exec::clean_environment(here.path(), here.path(), "somebody");
    }

    /// A file, executable unless `mode` says otherwise.
    fs::path file(std::string const& name, std::string const& content, fs::perms mode = all) const {
        auto path = here.write(name, content);
        fs::permissions(path, mode);
        return path;
    }

    /// What a shell makes of it, and what is said of that.
    std::string of(std::string const& text) { return run(text).reason; }

    [[nodiscard]] std::string after(int code, std::string const& text) const {
        return exec::why_not_executed(line(text), code, around);
    }

    static constexpr auto all = fs::perms::owner_all | fs::perms::group_read |
                                fs::perms::group_exec | fs::perms::others_read |
                                fs::perms::others_exec;
    test::temporary_directory here;
};

bool holds(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(not_executed, not_executed_fixture)

BOOST_AUTO_TEST_CASE(a_script_written_on_windows_is_told_as_such) {
    auto const path = file("check.sh", "#!/bin/sh\r\necho hello\r\n").string();
    std::vector<std::string> const lines{path,
                                         path + " -v | cat; exit 127",
                                         "./check.sh",
                                         "\\$BASEDIR/check.sh",
                                         "${BASEDIR}/check.sh",
                                         "nice -n 1 " + path,
                                         "'" + path + "'",
                                         "A=1 " + path,
                                         "if " + path + "; then echo yes; else exit 127; fi",
                                         "exec " + path,
                                         "env -i " + path,
                                         "cd / && " + path};
    for (auto const& text : lines) {
        BOOST_TEST(holds(of(text), "check.sh: its #! line ends in a carriage return"), text);
    }
    BOOST_TEST(holds(describe(run(path)), "dos2unix " + path));
}

BOOST_AUTO_TEST_CASE(so_is_one_without_a_first_line_of_its_own) {
    auto const path = file("plain.sh", "echo hello\r\nexit 127\n").string();
    BOOST_TEST(holds(of("sh " + path), "plain.sh: its lines end in a carriage return"));
    BOOST_TEST(holds(after(127, "sh -e " + path + " -v"), "carriage return"));
    BOOST_TEST(after(127, "cat " + path) == ""); // its argument is no program
}

BOOST_AUTO_TEST_CASE(in_the_path_it_is_found_too) {
    file("check", "#!/usr/bin/env python3\r\n");
    exec::add_variable(around, "PATH=/nowhere:" + here.path().string() + ":/usr/bin:/bin");
    BOOST_TEST(holds(of("check"), "carriage return"));
}

BOOST_AUTO_TEST_CASE(what_ends_otherwise_is_not_looked_at) {
    auto const path = file("check.sh", "#!/bin/sh\r\n").string();
    BOOST_TEST(of("true") == "");
    BOOST_TEST(after(1, path) == "");
    BOOST_TEST(after(0, path) == "");
}

BOOST_AUTO_TEST_CASE(other_reasons_are_named_as_well) {
    file("plain.sh", "#!/bin/sh\n", fs::perms::owner_read);
    BOOST_TEST(holds(of("./plain.sh"), "plain.sh is not executable: chmod +x "));
    file("lost.sh", "#!/opt/gone/python -u\n");
    BOOST_TEST(holds(of("./lost.sh"), "names /opt/gone/python, which is not there"));
    file("env.sh", "#!/usr/bin/env no-such-python\n");
    BOOST_TEST(holds(of("./env.sh"), "no-such-python looked for, which is not in the PATH"));
    BOOST_TEST(holds(of("./gone.sh"), "gone.sh is not there"));
    BOOST_TEST(holds(of("no-such-program -v"), "no-such-program is not in the PATH of commands ("));
    fs::create_directory(here.path() / "folder");
    BOOST_TEST(holds(of("./folder"), "folder is a directory"));
    file("bom.sh", "\xEF\xBB\xBF#!/bin/sh\necho a\nexit 127\n");
    BOOST_TEST(holds(of("./bom.sh"), "byte order mark"));
}

BOOST_AUTO_TEST_CASE(where_nothing_is_plain_to_see_nothing_is_said) {
    file("good.sh", "#!/bin/sh\nexit 127\n");
    for (auto const* text :
         {"./good.sh", "exit 127", "(exit 126)", "cd /tmp && ./folder/x; exit 127",
          "echo a > ./none; exit 127", "case x in y) true;; x) exit 127;; esac",
          "f() { return 127; }; f", "for f in 1 2; do exit 127; done", "$(echo exit) 127",
          "\\$UNSET", "[ -n a ]; exit 127"}) {
        auto const why = of(text);
        BOOST_TEST(why == "", text << ": " << why);
    }
}

BOOST_AUTO_TEST_CASE(no_file_is_waited_for_nor_a_secret_told) {
    auto const fifo = (here.path() / "fifo").string();
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0777) == 0);
    BOOST_TEST(after(127, fifo) == "");
    BOOST_TEST(after(127, "/dev/zero") == "");
    exec::add_variable(around, "TOKEN=/a-secret/word");
    BOOST_TEST(after(127, "$TOKEN/x ${TOKEN} \\$TOKEN").find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(hostile_lines_do_no_harm) {
    for (std::string const text : {"'", "$", "${", "${A", "\\", "a\\", "<", ">'", "((((", "`",
                                   "| | |", "$'", "\\$", "\\${BASEDIR"}) {
        (void)after(127, text);
        (void)after(126, text);
    }
    file("long", "#!" + std::string(100'000, 'x'));
    BOOST_TEST(after(127, "./long") == "");
    BOOST_TEST(after(127, std::string(8000, '/')).size() < 1000U);
    std::string many;
    for (int count = 0; count < 2000; ++count) {
        many += "a;";
    }
    BOOST_TEST(holds(after(127, many), "a is not in the PATH"));
    BOOST_TEST(exec::why_not_executed(exec::command(), 127, around) == "");
}

BOOST_AUTO_TEST_SUITE_END()
