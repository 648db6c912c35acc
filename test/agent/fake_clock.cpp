#include "test/agent/fake_clock.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace trafikito::test {

namespace asio = boost::asio;

asio::awaitable<void> fake_clock::sleep_until(steady_time when) {
    asio::steady_timer timer(co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max());
    sleepers_.emplace(when, &timer);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    auto const left =
        std::ranges::find(sleepers_, &timer, [](auto const& one) { return one.second; });
    if (left == sleepers_.end()) {
        co_return; // woken by run_for
    }
    sleepers_.erase(left);
    throw boost::system::system_error(asio::error::operation_aborted);
}

void fake_clock::run_for(asio::io_context& context, std::chrono::milliseconds duration) {
    auto const end = steady_ + duration;
    for (;;) {
        context.restart();
        context.poll();
        if (sleepers_.empty() || sleepers_.begin()->first > end) {
            break;
        }
        auto const next = sleepers_.begin();
        auto const later = std::max(steady_, next->first);
        wall_ += std::chrono::duration_cast<std::chrono::milliseconds>(later - steady_);
        steady_ = later;
        auto* const timer = next->second;
        sleepers_.erase(next);
        timer->cancel();
    }
    wall_ += std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_);
    steady_ = end;
}

} // namespace trafikito::test
