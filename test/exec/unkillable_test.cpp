// Processes that the agent may not kill, with a /proc that shows them and with two that do not.
#include "exec/run_all.hpp"

#include "test/exec/hidden_proc.hpp"
#include "test/exec/shell_fixture.hpp"
#include "test/exec/sleepers.hpp"
#include "test/support/eventually.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>

using namespace trafikito;
using namespace std::chrono_literals;
using test::hidepid;
using ending = exec::result::ending;

namespace {

auto const ways = boost::unit_test::data::make({hidepid::all, hidepid::numbers, hidepid::nothing});

struct unkillable_fixture : test::shell_fixture {
    unkillable_fixture() {
        ::chmod(here.path().c_str(), 0777); // NOLINT(*-mask): another user writes here
        if (::geteuid() == 0) {
            test::install_set_user_id("/usr/bin/setpriv", file("as-root").c_str());
        }
        keeps_warden = true;
    }

    [[nodiscard]] std::string file(char const* name) const { return (here.path() / name).string(); }

    /// `script` run by root, whom nobody else may kill. No quotes in it.
    [[nodiscard]] std::string by_root(std::string const& script) const {
        return file("as-root") + " --reuid=0 --regid=0 --clear-groups sh -c '" + script + "'";
    }

    exec::result run_once(exec::command const& what) {
        return std::move(run(std::vector{what}).front());
    }

    test::temporary_directory here;
};

bool was_skipped(exec::result const& value) {
    return value.end == ending::not_started &&
           value.reason.ends_with(" of its last run could not be killed and is still there");
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(unkillable, unkillable_fixture)

BOOST_DATA_TEST_CASE(a_leftover_is_reported_and_its_command_skipped_until_it_is_gone, ways, how) {
    auto const code = test::forked_behind(how, [&] {
        auto const command =
            line("[ -e " + file("done") + " ] && exit 0; " +
                 by_root("trap \\\"\\\" HUP; : >" + file("up") + "; while ! [ -e " + file("done") +
                         " ]; do sleep 0.02; done; : >" + file("gone")) +
                 " >/dev/null 2>&1 & while ! [ -e " + file("up") + " ]; do sleep 0.02; done");
        auto const begun = std::chrono::steady_clock::now();
        auto const first = run_once(command);
        auto const second = run_once(command);
        bool const waited_for = std::chrono::steady_clock::now() - begun > 15s;
        std::ofstream(file("done")) << "\n";
        bool const ended = test::eventually([&] {
            return std::filesystem::exists(file("gone")) && run_once(command).end == ending::exited;
        });
        std::cerr << describe(first) << '\n' << describe(second) << '\n';
        if (first.unkillable != 1 || first.leftovers_killed != 0 || waited_for || !ended) {
            return 1;
        }
        return was_skipped(second) ? 0 : 2;
    });
    BOOST_TEST(code.value_or(0) == 0);
}

BOOST_DATA_TEST_CASE(of_a_command_itself_the_rest_is_killed_and_it_is_not_started_twice, ways,
                     how) {
    limits.command_timeout = 500ms;
    limits.kill_grace = 10ms;
    auto const code = test::forked_behind(how, [&] {
        auto const command =
            line("setsid sleep 120006 >/dev/null 2>&1 & echo once >>" + file("starts") + "; exec " +
                 by_root("while ! [ -e " + file("done") + " ]; do sleep 0.02; done"));
        auto const first = run_once(command);
        bool const killed = test::sleepers("120006") == 0;
        auto const second = run_once(command);
        bool const once = std::filesystem::file_size(file("starts")) == 5;
        std::ofstream(file("done")) << "\n";
        std::cerr << describe(first) << '\n' << describe(second) << '\n';
        if (first.end != ending::abandoned || !first.stopped || !killed) {
            return 1;
        }
        if (!was_skipped(second) || !once) {
            return 2;
        }
        return test::eventually([&] { return run_once(command).end == ending::exited; }) ? 0 : 3;
    });
    BOOST_TEST(code.value_or(0) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
