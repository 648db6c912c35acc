#pragma once
// A clock that a test moves: a day of cycles takes no time and is asserted to the millisecond.

#include "base/clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <string>

namespace trafikito::test {

class fake_clock final : public base::clock {
public:
    [[nodiscard]] steady_time steady_now() const override { return steady_; }
    [[nodiscard]] base::timestamp stamp() const override {
        return {wall_, elapsed() - booted_, boot_};
    }
    boost::asio::awaitable<void> sleep_until(steady_time when) override;

    /// Runs the context and moves from sleeper to sleeper until `duration` is over; nothing is
    /// ready then.
    void run_for(boost::asio::io_context& context, std::chrono::milliseconds duration);

    /// Jumps without waking who sleeps: the machine was suspended.
    void jump(std::chrono::milliseconds duration) { steady_ += duration; }
    void set_wall(std::chrono::milliseconds to) { wall_ = to; }
    void reboot() {
        booted_ = elapsed();
        boot_ = "the next boot";
    }

    /// Since the clock was made.
    [[nodiscard]] std::chrono::milliseconds elapsed() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(steady_ - steady_time());
    }

private:
    steady_time steady_;
    std::chrono::milliseconds wall_{std::chrono::seconds(1'700'000'000)};
    std::chrono::milliseconds booted_{0};
    std::string boot_ = "this boot";
    std::multimap<steady_time, boost::asio::steady_timer*> sleepers_;
};

} // namespace trafikito::test
