#include "exec/process_info.hpp"

#include "test/exec/leaves_nothing.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <set>

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
    BOOST_TEST(exec::children_of(::getpid()).empty());
    BOOST_TEST(exec::descendants_of(::getpid()).empty());
}

BOOST_AUTO_TEST_CASE(own_children_are_those_of_this_process_however_many) {
    exec::own_children const list;
    BOOST_TEST(list.read().empty());
    std::set<pid_t> started;
    for (std::size_t const many : {1UL, 10UL, 700UL}) { // the last do not fit into one page
        while (started.size() < many) {
            auto const pid = ::fork();
            BOOST_REQUIRE(pid >= 0);
            if (pid == 0) {
                ::pause();
                std::_Exit(0);
            }
            started.insert(pid);
        }
        auto const seen = list.read();
        BOOST_TEST(std::set<pid_t>(seen.begin(), seen.end()) == started);
    }
    for (auto const pid : started) {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
    BOOST_TEST(list.read().empty());
}

BOOST_AUTO_TEST_CASE(who_starts_later_has_no_smaller_number) {
    auto const before = exec::started_now();
    auto const pid = ::fork();
    BOOST_REQUIRE(pid >= 0);
    if (pid == 0) {
        ::pause();
        std::_Exit(0);
    }
    auto const seen = exec::look_at(pid);
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    BOOST_REQUIRE(seen.has_value());
    BOOST_TEST(before <= seen->started);
    BOOST_TEST(seen->started <= exec::started_now());
}

BOOST_AUTO_TEST_CASE(the_tag_is_a_limit_that_nobody_heeds) {
    BOOST_TEST(exec::parse_tag("Limit   Soft Limit   Hard Limit   Units\n"
                               "Max processes             95873   95873   processes\n"
                               "Max file locks            1099511627777  unlimited   locks\n") ==
               1'099'511'627'777U);
    BOOST_TEST(exec::parse_tag("Limit\nMax file locks            unlimited  unlimited   locks\n") ==
               0U);
    BOOST_TEST(exec::parse_tag("") == 0U);
}

BOOST_AUTO_TEST_CASE(the_tag_of_this_process_is_seen) {
    rlimit before{};
    ::getrlimit(RLIMIT_LOCKS, &before);
    rlimit const limit{4'711, before.rlim_max};
    ::setrlimit(RLIMIT_LOCKS, &limit);
    BOOST_TEST(exec::tag_of(::getpid()) == 4'711U);
    ::setrlimit(RLIMIT_LOCKS, &before);
}

BOOST_AUTO_TEST_SUITE_END()
