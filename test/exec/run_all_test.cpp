#include "exec/run_all.hpp"

#include "test/exec/forked.hpp"
#include "test/exec/shell_fixture.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <iostream>
#include <thread>

using namespace trafikito;
using namespace std::chrono_literals;
using test::text_of;
using ending = exec::result::ending;
using hindrance = exec::result::hindrance;

namespace {

std::vector<exec::command> many(std::size_t count, std::string const& text) {
    std::vector<exec::command> commands;
    for (std::size_t i = 0; i < count; ++i) {
        commands.push_back(test::shell_fixture::line(text, "trafikito_" + std::to_string(i)));
    }
    return commands;
}

/// For the user that nothing runs as; root is not bound by it.
void allow_processes(rlim_t count) {
    rlimit const allowed{count, 1000};
    ::setrlimit(RLIMIT_NPROC, &allowed);
}

bool all_said_hello(std::vector<exec::result> const& results) {
    return std::ranges::all_of(results, [](auto const& value) {
        bool const well = text_of(value) == "hello\n";
        if (!well) {
            std::cerr << describe(value) << '\n';
        }
        return well;
    });
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(run_all, test::shell_fixture)

BOOST_AUTO_TEST_CASE(nothing_asked_ends_at_once) {
    BOOST_TEST(run(std::vector<exec::command>{}).empty());
}

BOOST_AUTO_TEST_CASE(each_result_belongs_to_its_command) {
    std::vector<exec::command> commands;
    for (int i = 0; i < 20; ++i) {
        commands.push_back(
            line("sleep 0.0" + std::to_string(9 - i % 10) + "; echo " + std::to_string(i),
                 "trafikito_" + std::to_string(i)));
    }
    auto const results = run(commands);
    for (std::size_t i = 0; i < results.size(); ++i) {
        BOOST_TEST(results[i].name == "trafikito_" + std::to_string(i));
        BOOST_TEST(text_of(results[i]) == std::to_string(i) + "\n");
    }
}

// Each command adds itself to a directory, counts who is there, and leaves.
BOOST_AUTO_TEST_CASE(at_most_max_parallel_run_at_once_and_as_many_do) {
    test::temporary_directory const here;
    around = exec::clean_environment(here.path(), "/", "nobody");
    limits.max_parallel = 4;
    auto const results =
        run(many(16, R"(: > in.\$\$; sleep 0.15; set -- in.*; echo \$#; rm in.\$\$)"));
    int most = 0;
    for (auto const& value : results) {
        most = std::max(most, std::stoi(text_of(value)));
    }
    BOOST_TEST(most == 4);
}

BOOST_AUTO_TEST_CASE(a_thousand_commands_in_one_order) {
    limits.max_parallel = 50;
    limits.cycle_timeout = 100s;
    for (auto const& value : run(many(1000, "echo hello"))) {
        BOOST_TEST(text_of(value) == "hello\n", describe(value));
    }
}

BOOST_AUTO_TEST_CASE(cycle_timeout_stops_what_runs_and_starts_nothing_more) {
    limits.max_parallel = 2;
    limits.cycle_timeout = 300ms;
    auto const results = run(many(4, "echo started; sleep 1000"));
    for (std::size_t i : {0U, 1U}) {
        BOOST_TEST(results[i].stopped);
        BOOST_TEST(!results[i].cut_short); // nobody could have had more
        BOOST_TEST(text_of(results[i]) == "started\n");
    }
    for (std::size_t i : {2U, 3U}) {
        BOOST_TEST((results[i].end == ending::not_started));
        BOOST_TEST(results[i].reason == "cycle_timeout was over before its turn came");
        BOOST_TEST((results[i].kept_back == hindrance::no_turn));
    }
}

BOOST_AUTO_TEST_CASE(
    what_began_late_and_was_stopped_for_the_others_is_told_from_what_took_too_long) {
    limits.max_parallel = 1;
    limits.cycle_timeout = 400ms;
    auto short_time = line("sleep 1000", "trafikito_b");
    short_time.timeout = 20ms;
    auto const results =
        run({line("true", "trafikito_a"), short_time, line("sleep 1000", "trafikito_c")});
    BOOST_TEST(results[1].stopped);
    BOOST_TEST(!results[1].cut_short);
    BOOST_TEST(results[2].stopped);
    BOOST_TEST(results[2].cut_short);
}

BOOST_AUTO_TEST_CASE(where_there_is_room_for_three_of_twelve_all_of_them_run) {
    if (!test::root_for("a limit of processes that nobody else shares")) {
        return;
    }
    limits.max_parallel = 12;
    auto const code = test::forked([&] {
        allow_processes(4);
        test::become_nobody_else();
        return all_said_hello(run(many(12, "echo hello"))) ? 0 : 1;
    });
    BOOST_TEST(code == 0);
}

// Each takes two processes: its shell, and what that starts.
BOOST_AUTO_TEST_CASE(a_shell_that_found_no_room_for_its_process_is_started_again) {
    if (!test::root_for("a limit of processes that nobody else shares")) {
        return;
    }
    auto const code = test::forked([&] {
        allow_processes(4);
        test::become_nobody_else();
        return all_said_hello(run(many(12, "sleep 0.05; echo hello"))) ? 0 : 1;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(room_for_shells_alone_is_no_room) {
    if (!test::root_for("a limit of processes that nobody else shares")) {
        return;
    }
    limits.cycle_timeout = 500ms;
    auto const code = test::forked([&] {
        allow_processes(2);
        test::become_nobody_else();
        return std::ranges::all_of(run(many(3, "sleep 0.05; echo hello")),
                                   [](auto const& value) {
                                       return value.kept_back == hindrance::no_room &&
                                              value.error == EAGAIN;
                                   })
                   ? 0
                   : 1;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(what_a_command_says_of_forks_is_its_own_as_long_as_it_is_not_all) {
    auto const own = run("echo disks; echo 'sh: 1: Cannot fork'; exit 2");
    BOOST_TEST((own.end == ending::exited));
    BOOST_TEST(own.code == 2);
}

BOOST_AUTO_TEST_CASE(room_that_others_take_is_waited_for) {
    if (!test::root_for("a limit of processes that nobody else shares")) {
        return;
    }
    auto const code = test::forked([&] {
        test::become_nobody_else();
        std::thread other([] {
            std::this_thread::sleep_for(300ms); // long enough for a try that fails
            allow_processes(100);
        });
        allow_processes(1);
        bool const well = all_said_hello(run(many(3, "echo hello")));
        other.join();
        return well ? 0 : 1;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(descriptors_that_run_out_come_back_too) {
    auto const code = test::forked([&] {
        keeps_warden = true;
        (void)run("true"); // what the loop itself needs is there
        rlimit few{};
        ::getrlimit(RLIMIT_NOFILE, &few);
        few.rlim_cur = test::count_descriptors() + 12;
        ::setrlimit(RLIMIT_NOFILE, &few);
        limits.max_parallel = 20;
        return all_said_hello(run(many(20, "sleep 0.01; echo hello"))) ? 0 : 1;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(without_any_room_every_command_says_so_when_the_time_is_over) {
    if (!test::root_for("a limit of processes that nobody else shares")) {
        return;
    }
    limits.cycle_timeout = 300ms;
    auto const code = test::forked([&] {
        allow_processes(1);
        test::become_nobody_else();
        return std::ranges::all_of(run(many(12, "echo hello")),
                                   [](auto const& value) {
                                       return value.kept_back == hindrance::no_room &&
                                              value.error == EAGAIN &&
                                              value.reason == "Resource temporarily unavailable";
                                   })
                   ? 0
                   : 1;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(a_cancellation_stops_what_runs_and_every_command_has_its_result) {
    test::temporary_directory const here;
    auto const sign = here.path() / "started";
    limits.max_parallel = 1;
    auto const results =
        run_until(sign, {line("echo begun; : > " + sign.string() + "; sleep 1000", "trafikito_a"),
                         line("echo never", "trafikito_b")});
    BOOST_TEST(results[0].stopped);
    BOOST_TEST(results[0].code == SIGTERM);
    BOOST_TEST(text_of(results[0]) == "begun\n");
    BOOST_TEST(results[1].reason == "the agent was asked to stop");
}

BOOST_AUTO_TEST_CASE(a_cancellation_does_not_wait_for_what_ignores_term) {
    test::temporary_directory const here;
    auto const sign = here.path() / "started";
    auto const results = run_until(
        sign, {line("trap '' TERM; : > " + sign.string() + "; while :; do sleep 9; done")});
    BOOST_TEST(results[0].stopped);
    BOOST_TEST(results[0].code == SIGKILL);
}

BOOST_AUTO_TEST_SUITE_END()
