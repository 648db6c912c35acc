#include "base/clock.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace trafikito::base {

namespace asio = boost::asio;

namespace {

class system_clock final : public clock {
public:
    [[nodiscard]] steady_time steady_now() const override {
        return std::chrono::steady_clock::now();
    }
    [[nodiscard]] timestamp stamp() const override { return timestamp::now(); }

    asio::awaitable<void> sleep_until(steady_time when) override {
        asio::steady_timer timer(co_await asio::this_coro::executor, when);
        co_await timer.async_wait(asio::use_awaitable);
    }
};

} // namespace

std::unique_ptr<clock> make_system_clock() {
    return std::make_unique<system_clock>();
}

} // namespace trafikito::base
