#include "exec/process_info.hpp"

#include "test/exec/leaves_nothing.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <array>

using namespace trafikito;

BOOST_FIXTURE_TEST_SUITE(process_info, test::leaves_nothing)

BOOST_AUTO_TEST_CASE(a_name_may_hold_blanks_and_parentheses) {
    auto const seen =
        exec::parse_stat("42 (a ) Z (b) S 7 40 39 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 "
                         "123456 1000 50 18446744073709551615\n");
    BOOST_REQUIRE(seen.has_value());
    BOOST_TEST(seen->pid == 42);
    BOOST_TEST(seen->state == 'S');
    BOOST_TEST(seen->parent == 7);
    BOOST_TEST(seen->group == 40);
    BOOST_TEST(seen->session == 39);
    BOOST_TEST(seen->threads == 1);
    BOOST_TEST(seen->started == 123'456U);
}

BOOST_AUTO_TEST_CASE(a_zombie_with_threads_has_not_ended) {
    auto const line = [](char state, int threads) {
        return "42 (a) " + std::string(1, state) + " 7 40 39 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 " +
               std::to_string(threads) + " 0 123456 1000 50\n";
    };
    BOOST_TEST(exec::parse_stat(line('Z', 1))->ended());
    BOOST_TEST(exec::parse_stat(line('X', 0))->ended());
    BOOST_TEST(!exec::parse_stat(line('Z', 2))->ended());
    BOOST_TEST(!exec::parse_stat(line('T', 1))->ended());
}

BOOST_AUTO_TEST_CASE(what_is_no_such_line_is_nothing) {
    for (std::string_view const line : {"", "42", "42 (a", "42 (a)", "42 (a) S", "x (a) S 1 2 3"}) {
        BOOST_TEST(!exec::parse_stat(line).has_value());
    }
}

BOOST_AUTO_TEST_CASE(this_process_is_seen_as_it_is) {
    auto const self = exec::look_at(::getpid());
    BOOST_REQUIRE(self.has_value());
    BOOST_TEST(self->parent == ::getppid());
    BOOST_TEST(self->group == ::getpgrp());
    BOOST_TEST(self->session == ::getsid(0));
    BOOST_TEST(exec::still_runs(*self));
    auto other = *self;
    ++other.started;
    BOOST_TEST(!exec::still_runs(other));
    BOOST_TEST(exec::own_children().empty());
}

BOOST_AUTO_TEST_CASE(a_pipe_is_found_by_its_inode) {
    std::array<int, 2> ends{};
    BOOST_REQUIRE(::pipe(ends.data()) == 0);
    struct stat status{};
    ::fstat(ends[0], &status);
    auto const self = exec::look_at(::getpid());
    BOOST_REQUIRE(self.has_value());
    BOOST_TEST(exec::holds_pipe(*self, status.st_ino));
    ::close(ends[0]);
    ::close(ends[1]);
    BOOST_TEST(!exec::holds_pipe(*self, status.st_ino));
}

BOOST_AUTO_TEST_SUITE_END()
