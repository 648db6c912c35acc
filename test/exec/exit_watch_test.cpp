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
#include <exception>
#include <optional>

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

BOOST_DATA_TEST_CASE_F(watched, a_wait_can_be_given_up, both, with_pidfd) {
    start(with_pidfd);
    wait();
    context.poll();
    watch.cancel();
    context.run();
    BOOST_TEST(!ended.value_or(true));
}

BOOST_AUTO_TEST_SUITE_END()
