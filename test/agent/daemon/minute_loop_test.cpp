#include "agent/daemon/minute_loop.hpp"

#include "base/spawn.hpp"
#include "test/agent/fake_clock.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <vector>

using namespace trafikito;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

/// A loop whose cycles note when they began and take as long as the test says.
struct loop_fixture {
    loop_fixture() : to([](std::string_view) {}, base::severity::error, base::log::format::text) {}

    void start(std::chrono::milliseconds first) {
        agent::daemon::loop_hooks hooks;
        hooks.interval = [this] { return interval; };
        hooks.cycle = [this] { return cycle(); };
        loop.emplace(time, to, std::move(hooks));
        base::spawn(context.get_executor(), loop->run(first),
                    asio::bind_cancellation_slot(stop.slot(), [this](std::exception_ptr failed) {
                        over = true;
                        ended_by = failed;
                    }));
    }

    asio::awaitable<std::chrono::milliseconds> cycle() {
        began.push_back(time.elapsed());
        if (broken) {
            throw std::runtime_error("a bug");
        }
        if (takes > 0ms) {
            try {
                co_await time.sleep_until(time.steady_now() + takes);
            } catch (boost::system::system_error const&) {
                cancelled = true;
                throw;
            }
        }
        co_return delay;
    }

    void run_for(std::chrono::milliseconds duration) { time.run_for(context, duration); }

    ~loop_fixture() {
        stop.emit(asio::cancellation_type::terminal);
        time.run_for(context, 0ms);
        BOOST_TEST(over);
    }

    asio::io_context context;
    test::fake_clock time;
    base::log to;
    std::optional<agent::daemon::minute_loop> loop;
    asio::cancellation_signal stop;
    std::chrono::milliseconds interval = 60s;
    std::chrono::milliseconds takes = 0ms;
    std::chrono::milliseconds delay = 0ms;
    std::vector<std::chrono::milliseconds> began;
    bool broken = false;
    bool over = false;
    bool cancelled = false;
    std::exception_ptr ended_by;
};

using times = std::vector<std::chrono::milliseconds>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(minute_loop, loop_fixture)

BOOST_AUTO_TEST_CASE(the_first_cycle_waits_and_then_one_begins_every_interval) {
    start(17s);
    run_for(16'999ms);
    BOOST_TEST(began.empty());
    run_for(200s);
    BOOST_TEST((began == times{17s, 77s, 137s, 197s}));
}

BOOST_AUTO_TEST_CASE(a_day_has_1440_cycles_and_none_drifts) {
    takes = 7s;
    start(0s);
    run_for(24h - 1ms);
    BOOST_TEST(began.size() == 1440U);
    BOOST_TEST(began.back().count() == 1439 * 60'000);
    BOOST_TEST(loop->skipped() == 0U);
}

BOOST_AUTO_TEST_CASE(a_cycle_that_is_still_going_skips_the_due_one) {
    takes = 130s;
    start(0s);
    run_for(250s);
    BOOST_TEST((began == times{0s, 180s}));
    BOOST_TEST(loop->skipped() == 3U);
}

BOOST_AUTO_TEST_CASE(the_delay_is_added_to_the_next_due_time_once) {
    delay = 5s;
    start(0s);
    run_for(61s);
    BOOST_TEST((began == times{0s}));
    run_for(70s);
    delay = 0s;
    run_for(120s);
    BOOST_TEST((began == times{0s, 65s, 130s, 195s}));
}

BOOST_AUTO_TEST_CASE(after_a_sleep_of_the_machine_one_cycle_runs_not_the_missed_ones) {
    start(0s);
    run_for(10s);
    time.jump(1h);
    run_for(0s);
    BOOST_TEST((began == times{0s, 3610s}));
    run_for(130s);
    BOOST_TEST(began.size() <= 4U);
}

BOOST_AUTO_TEST_CASE(a_changed_interval_holds_from_the_next_cycle_on) {
    start(0s);
    run_for(30s);
    interval = 10s;
    run_for(55s);
    BOOST_TEST((began == times{0s, 60s, 70s, 80s}));
}

BOOST_AUTO_TEST_CASE(a_stop_cancels_the_running_cycle_and_waits_for_it) {
    takes = 30s;
    start(0s);
    run_for(10s);
    stop.emit(asio::cancellation_type::terminal);
    run_for(0s);
    BOOST_TEST(cancelled);
    BOOST_TEST(over);
}

BOOST_AUTO_TEST_CASE(a_stop_before_the_first_step_ends_it_as_any_other) {
    takes = 30s;
    start(0s);
    stop.emit(asio::cancellation_type::terminal);
    run_for(0s);
    BOOST_TEST(over);
    BOOST_CHECK_EXCEPTION(
        std::rethrow_exception(ended_by), boost::system::system_error,
        [](auto const& error) { return error.code() == asio::error::operation_aborted; });
}

// A cycle that is due at once is stopped in each step of its beginning.
BOOST_AUTO_TEST_CASE(a_stop_after_any_handler_ends_it) {
    takes = 30s;
    for (int handlers = 0; handlers < 8; ++handlers) {
        over = false;
        context.restart();
        start(0s);
        for (int count = 0; count < handlers; ++count) {
            context.poll_one();
        }
        stop.emit(asio::cancellation_type::terminal);
        run_for(0s);
        BOOST_TEST(over);
    }
}

BOOST_AUTO_TEST_CASE(a_bug_in_a_cycle_is_not_swallowed) {
    broken = true;
    start(0s);
    run_for(61s);
    BOOST_TEST(over);
    BOOST_CHECK_THROW(std::rethrow_exception(ended_by), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
