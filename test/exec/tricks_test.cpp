// Commands that no shell could write (tricks.cpp). Each is run twice: as this user, for root in a
// cgroup of its own, and as one who can have none, so that leftovers are found by descent alone.
#include "exec/run_all.hpp"

#include "test/exec/forked.hpp"
#include "test/exec/shell_fixture.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <filesystem>
#include <iostream>

using namespace trafikito;
using namespace std::chrono_literals;
using ending = exec::result::ending;

namespace {

enum class as { this_user, another };

std::ostream& operator<<(std::ostream& out, as who) {
    return out << (who == as::this_user ? "this user" : "another user");
}

auto const both = boost::unit_test::data::make({as::this_user, as::another});

struct tricks_fixture : test::shell_fixture {
    tricks_fixture() {
        std::filesystem::permissions(here.path(), std::filesystem::perms(0755));
        std::filesystem::copy_file(TRAFIKITO_TRICKS, tricks);
    }

    /// 0 when `check` holds of what the trick's command came to, in a process that ends with no
    /// child left.
    template <class Check>
    int play(as who, std::string const& trick, Check check) {
        return test::forked([&] {
            if (who == as::another && ::geteuid() == 0) {
                test::become_nobody_else();
            }
            auto const value = run("exec " + tricks.string() + " " + trick);
            if (!check(value)) {
                std::cerr << describe(value) << '\n';
                return 1;
            }
            return test::no_child_is_left() ? 0 : 2;
        });
    }

    test::temporary_directory here; ///< another user may not get to where it was built
    std::filesystem::path tricks = here.path() / "tricks";
};

bool left_one(exec::result const& value, int code) {
    return value.end == ending::exited && value.code == code && value.leftovers_killed >= 1 &&
           value.unkillable == 0;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(tricks, tricks_fixture)

BOOST_DATA_TEST_CASE(a_leftover_whose_main_thread_has_ended_is_no_zombie_and_is_killed, both, who) {
    BOOST_TEST(
        play(who, "half-dead", [](exec::result const& value) { return left_one(value, 0); }) == 0);
}

// Its tracer hears of its end first, and whoever waits for it hears nothing as long as that lives.
BOOST_DATA_TEST_CASE(the_end_of_a_command_that_is_traced_is_seen, both, who) {
    limits.command_timeout = 20s;
    BOOST_TEST(play(who, "traced", [](exec::result const& value) {
                   return left_one(value, 3) && !value.stopped && value.wall < 10s;
               }) == 0);
}

BOOST_DATA_TEST_CASE(one_that_forks_and_ends_all_the_time_is_caught, both, who) {
    BOOST_TEST(play(who, "runner", [](exec::result const& value) { return left_one(value, 0); }) ==
               0);
}

BOOST_DATA_TEST_CASE(a_thousand_sessions_are_killed, both, who) {
    BOOST_TEST(play(who, "storm 1000", [](exec::result const& value) {
                   return left_one(value, 0) && value.leftovers_killed == 1000;
               }) == 0);
}

BOOST_DATA_TEST_CASE(a_leftover_that_took_off_all_it_is_known_by_is_killed, both, who) {
    BOOST_TEST(play(who, "bare", [](exec::result const& value) { return left_one(value, 0); }) ==
               0);
}

BOOST_AUTO_TEST_SUITE_END()
