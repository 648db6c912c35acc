#include "exec/exit_watch.hpp"

#include "base/spawn.hpp"
#include "test/exec/leaves_nothing.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <deque>
#include <exception>
#include <optional>
#include <vector>

using namespace trafikito;
namespace asio = boost::asio;

namespace {

/// A child that waits to be killed, and whoever watches it, with a pidfd or without.
struct watched : test::leaves_nothing {
    void start(bool with_pidfd) {
        child = ::fork();
        BOOST_REQUIRE(child >= 0);
        if (child == 0) {
            ::pause();
            ::_exit(0);
        }
        watch.begin(child,
                    base::descriptor(
                        with_pidfd ? static_cast<int>(::syscall(SYS_pidfd_open, child, 0)) : -1));
    }

    void wait() {
        base::spawn(context.get_executor(), watch.wait(),
                    [this](std::exception_ptr const& failed, bool value) {
                        BOOST_TEST(!failed);
                        ended = value;
                    });
    }

    void end() {
        ::kill(child, SIGKILL);
        siginfo_t info{};
        BOOST_REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
    }

    ~watched() {
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }

    asio::io_context context{1};
    exec::pidfd_set all{context.get_executor()};
    exec::exit_watch watch{context.get_executor(), all};
    pid_t child = -1;
    std::optional<bool> ended;
};

auto const both = boost::unit_test::data::make({true, false});

} // namespace

BOOST_FIXTURE_TEST_SUITE(exit_watch, watched)

BOOST_DATA_TEST_CASE_F(watched, an_end_is_told_and_not_before, both, with_pidfd) {
    start(with_pidfd);
    wait();
    context.poll();
    BOOST_TEST(!ended.has_value());
    BOOST_TEST(!watch.ended());
    end();
    context.run();
    BOOST_TEST(ended.value_or(false));
    BOOST_TEST(watch.ended());
}

BOOST_DATA_TEST_CASE_F(watched, an_end_before_it_is_waited_for_is_told, both, with_pidfd) {
    start(with_pidfd);
    end();
    wait();
    context.run();
    BOOST_TEST(ended.value_or(false));
}

BOOST_AUTO_TEST_CASE(ends_that_come_together_are_told_all) {
    constexpr std::size_t many = 100; // more than are told at once
    std::vector<pid_t> children;
    std::deque<exec::exit_watch> watches;
    std::size_t told = 0;
    for (std::size_t i = 0; i < many; ++i) {
        start(true);
        children.push_back(child);
        auto& one = watches.emplace_back(context.get_executor(), all);
        one.begin(child, base::descriptor(static_cast<int>(::syscall(SYS_pidfd_open, child, 0))));
        BOOST_TEST(one.needs_no_signal());
        base::spawn(context.get_executor(), one.wait(),
                    [&](std::exception_ptr const& failed, bool value) {
                        told += !failed && value ? 1 : 0;
                    });
        watch.end(); // of start()
    }
    context.poll();
    BOOST_TEST(told == 0U);
    watches[1].end(); // it is not told, and nobody else suffers
    for (auto const pid : children) {
        ::kill(pid, SIGKILL);
        siginfo_t info{};
        BOOST_REQUIRE(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) == 0);
    }
    context.poll();
    BOOST_TEST(told == many - 1);
    watches[1].cancel();
    context.run();
    for (auto const pid : children) {
        ::waitpid(pid, nullptr, 0);
    }
}

BOOST_DATA_TEST_CASE_F(watched, a_wait_can_be_given_up, both, with_pidfd) {
    start(with_pidfd);
    wait();
    context.poll();
    watch.cancel();
    context.run();
    BOOST_TEST(!ended.value_or(true));
}

BOOST_AUTO_TEST_SUITE_END()
