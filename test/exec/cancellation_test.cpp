// A cancellation that comes between any two handlers of a cycle.
#include "base/spawn.hpp"
#include "test/exec/shell_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>

using namespace trafikito;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using ending = exec::result::ending;

namespace {

struct cancellation_fixture : test::shell_fixture {
    std::vector<exec::result> results;

    /// Runs the commands, cancels them after `handlers` handlers, and runs to the end. False when
    /// they had come to their end before.
    bool cancel_after(std::size_t handlers, std::vector<exec::command> const& commands);
};

bool cancellation_fixture::cancel_after(std::size_t handlers,
                                        std::vector<exec::command> const& commands) {
    asio::io_context loop(1);
    exec::warden own_warden(loop.get_executor());
    asio::cancellation_signal cancel;
    bool done = false;
    results.clear();
    exec::on_result const ended = [&](std::size_t, exec::result&& value) {
        results.push_back(std::move(value));
    };
    exec::run_tools const tools{own_warden, spool_directory};
    base::spawn(loop.get_executor(), exec::run_all(commands, around, limits, tools, ended),
                asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr failed) {
                    BOOST_TEST(!failed);
                    done = true;
                    own_warden.stop();
                }));
    while (handlers > 0 && !done && loop.run_one() != 0) {
        --handlers;
    }
    bool const in_time = !done;
    cancel.emit(asio::cancellation_type::terminal);
    loop.run();
    BOOST_TEST(done);
    return in_time;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(cancellation, cancellation_fixture)

BOOST_AUTO_TEST_CASE(at_every_await_of_a_cycle_it_leaves_nothing_and_every_command_has_a_result) {
    limits.max_parallel = 2;
    limits.kill_grace = 20ms;
    std::vector const commands{
        line("echo fast", "trafikito_a"), line("echo slow; sleep 0.02; echo er", "trafikito_b"),
        line("(setsid sleep 110010 &) ; head -c 100000 /dev/zero", "trafikito_c"),
        line("trap '' TERM; sleep 0.02", "trafikito_d")};
    std::size_t handlers = 0;
    for (bool in_time = true; in_time; ++handlers) {
        BOOST_TEST_CONTEXT("cancelled after " << handlers << " handlers") {
            in_time = cancel_after(handlers, commands);
            BOOST_TEST(results.size() == commands.size());
            BOOST_TEST(::waitpid(-1, nullptr, WNOHANG) == -1);
            BOOST_TEST(errno == ECHILD);
        }
    }
    BOOST_TEST(handlers > 20U);
    BOOST_TEST(std::ranges::all_of(
        results, [](auto const& value) { return value.end == ending::exited && !value.stopped; }));
}

BOOST_AUTO_TEST_CASE(at_every_await_of_a_command_that_hears_nothing_it_leaves_nothing) {
    limits.command_timeout = 30ms;
    limits.kill_grace = 20ms;
    std::vector const commands{
        line("trap '' TERM; (setsid sleep 110011 &) ; while :; do sleep 1; done")};
    for (std::size_t handlers = 0; cancel_after(handlers, commands); ++handlers) {
        BOOST_TEST_CONTEXT("cancelled after " << handlers << " handlers") {
            BOOST_REQUIRE(results.size() == 1U);
            BOOST_TEST((results[0].stopped || results[0].end == ending::not_started));
            BOOST_TEST(::waitpid(-1, nullptr, WNOHANG) == -1);
            BOOST_TEST(errno == ECHILD);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
