#include "agent/daemon/minute_loop.hpp"

#include "agent/cycle/schedule.hpp"
#include "base/spawn.hpp"
#include "base/units.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <utility>

namespace trafikito::agent::daemon {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

/// One cycle, which can be cancelled and waited for. It has a strand of its own: with one thread
/// that locks nothing, but whatever a cycle starts runs on the cycle's own executor, so that its
/// state stays with it and is nobody else's.
class spawned {
public:
    explicit spawned(asio::any_io_executor const& executor)
        : executor_(executor), ended_(executor, asio::steady_timer::time_point::max()) {}

    void start(asio::awaitable<void> work) {
        running_ = true;
        base::spawn(own_strand(), std::move(work),
                    asio::bind_cancellation_slot(
                        cancel_.slot(), asio::bind_executor(executor_, [this](auto failed) {
                            running_ = false;
                            failed_ = failed;
                            ended_.cancel();
                        })));
    }

    [[nodiscard]] bool running() const { return running_; }

    /// Throws what the last cycle threw, which is a bug.
    void check() const {
        if (failed_) {
            std::rethrow_exception(failed_);
        }
    }

    /// Cancels the cycle and completes when it has ended.
    asio::awaitable<void> stop() {
        cancel_.emit(asio::cancellation_type::terminal);
        boost::system::error_code ignored;
        while (running_) {
            co_await ended_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
    }

private:
    /// Over the loop itself where that is what is behind the executor: a layer less in each step.
    [[nodiscard]] asio::any_io_executor own_strand() const {
        using loop_executor = asio::io_context::executor_type;
        auto const* loop = executor_.target<loop_executor>();
        return loop != nullptr ? asio::any_io_executor(asio::make_strand(*loop))
                               : asio::any_io_executor(asio::make_strand(executor_));
    }

    asio::any_io_executor executor_;
    asio::cancellation_signal cancel_;
    asio::steady_timer ended_; ///< never due: cancelled when the cycle ends
    bool running_ = false;
    std::exception_ptr failed_;
};

} // namespace

asio::awaitable<void> minute_loop::run(milliseconds first) {
    spawned cycle(co_await asio::this_coro::executor);
    std::exception_ptr ended;
    try {
        due_ = time_.steady_now() + first;
        for (;;) {
            co_await time_.sleep_until(due_);
            cycle.check();
            if (!cycle.running() && delay_ > milliseconds(0)) {
                due_ += std::exchange(delay_, milliseconds(0));
                continue;
            }
            auto const was_due = due_;
            due_ = cycle::next_due(was_due, hooks_.interval(), time_.steady_now());
            if (cycle.running()) {
                note_skip();
            } else {
                cycle.start(one_cycle());
            }
            due_ = cycle::next_due(was_due, hooks_.interval(), time_.steady_now()); // as it is now
        }
    } catch (...) {
        ended = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await cycle.stop();
    std::rethrow_exception(ended);
}

asio::awaitable<void> minute_loop::one_cycle() {
    delay_ = co_await hooks_.cycle();
}

void minute_loop::note_skip() {
    ++skipped_;
    log_.warning("a cycle is due, but the last one is still running: skipped (" +
                 base::count_of(skipped_, "cycle") + " skipped since the start)");
}

} // namespace trafikito::agent::daemon
