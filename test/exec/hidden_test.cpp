// What /proc does not show is not gone.
#include "exec/warden.hpp"

#include "test/exec/hidden_proc.hpp"
#include "test/exec/shell_fixture.hpp"
#include "test/support/eventually.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <iostream>

using namespace trafikito;
using namespace std::chrono_literals;
using test::hidepid;
using ending = exec::result::ending;

namespace {

auto const ways = boost::unit_test::data::make({hidepid::numbers, hidepid::nothing});

struct hidden_fixture : test::shell_fixture {
    hidden_fixture() {
        ::chmod(here.path().c_str(), 0777); // NOLINT(*-mask): another user writes here
        std::filesystem::copy_file(TRAFIKITO_TRICKS, file("tricks"));
        if (::geteuid() == 0) {
            test::install_set_user_id("/usr/bin/setpriv", file("as-root").c_str());
        }
    }

    [[nodiscard]] std::string file(char const* name) const { return (here.path() / name).string(); }

    test::temporary_directory here;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hidden, hidden_fixture)

BOOST_DATA_TEST_CASE(a_process_is_there_until_it_has_ended_and_is_reaped, ways, how) {
    auto const code = test::forked_behind(how, [&] {
        auto const first = exec::look_at(1);
        if (!first || !first->hidden || first->ended() || !exec::still_runs(*first)) {
            return 1;
        }
        auto const child = ::fork();
        if (child == 0) {
            auto const program = file("as-root");
            ::execl(program.c_str(), program.c_str(), "--reuid=0", "true", nullptr);
            std::_Exit(1);
        }
        bool const ended = test::eventually([&] {
            auto const seen = exec::look_at(child);
            return seen && seen->hidden && seen->ended() && !exec::still_runs(*seen);
        });
        ::waitpid(child, nullptr, 0);
        return ended && !exec::look_at(child) ? 0 : 2;
    });
    BOOST_TEST(code.value_or(0) == 0);
}

BOOST_DATA_TEST_CASE(a_leftover_is_killed, ways, how) {
    auto const code = test::forked_behind(how, [&] {
        keeps_warden = true;
        auto const value = run("exec " + file("tricks") + " undumpable");
        std::cerr << describe(value) << '\n';
        return value.leftovers_killed == 1 && value.unkillable == 0 && test::no_child_is_left() ? 0
                                                                                                : 1;
    });
    BOOST_TEST(code.value_or(0) == 0);
}

BOOST_DATA_TEST_CASE(what_is_meant_to_be_a_daemon_stays, ways, how) {
    auto const code = test::forked_behind(how, [&] {
        keeps_warden = true;
        auto starts = line("exec " + file("tricks") + " undumpable");
        starts.daemon = true;
        (void)run(std::vector{starts});
        auto const other = run("(setsid sleep 120007 &)");
        (void)run("true");
        siginfo_t none{};
        bool const stays =
            ::waitid(P_ALL, 0, &none, WEXITED | WNOHANG | WNOWAIT) == 0 && none.si_pid == 0;
        return stays && other.leftovers_killed == 1 ? 0 : 1;
    });
    BOOST_TEST(code.value_or(0) == 0);
}

// One that hides is not one that has ended: what others leave is none of its.
BOOST_DATA_TEST_CASE(a_command_that_runs_is_not_blamed_for_a_neighbours_leftover, ways, how) {
    auto const code = test::forked_behind(how, [&] {
        limits.max_parallel = 2;
        auto const wait_for = [&](char const* name) {
            return "while ! [ -e " + file(name) + " ]; do sleep 0.01; done";
        };
        auto const results =
            run({line(wait_for("up") + "; exec " + file("tricks") + " bare", "trafikito_leaves"),
                 line("exec " + file("as-root") + " --reuid=0 sh -c ': >" + file("up") + "; " +
                          wait_for("done") + "'",
                      "trafikito_hides"),
                 line(": >" + file("done"), "trafikito_comes_after")});
        for (auto const& value : results) {
            std::cerr << describe(value) << '\n';
        }
        return results[0].leftovers_killed == 1 && results[1].leftovers_killed == 0 &&
                       results[1].end == ending::exited
                   ? 0
                   : 1;
    });
    BOOST_TEST(code.value_or(0) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
