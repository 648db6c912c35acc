#pragma once
// The once-a-minute rule of one installation, whose agent can be restarted, on a machine that can
// be. Two suites share it.

#include "agent/cycle/order_pace.hpp"
#include "test/agent/fake_clock.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <optional>

namespace trafikito::test {

struct pace_fixture {
    pace_fixture() { restart(); }

    /// Another process on the same files.
    void restart() {
        state.emplace(file);
        pace.emplace(*state, time);
    }

    void pass(std::chrono::milliseconds duration) {
        time.jump(duration);
        set_wall_forward(duration);
    }
    void set_wall_forward(std::chrono::milliseconds duration) {
        time.set_wall(time.stamp().wall + duration);
    }

    void ask() { BOOST_TEST(pace->asking(std::chrono::minutes(1)) == ""); }

    /// The state is saved by whoever has more to say in it.
    void save() { BOOST_TEST(state->save(state->value()) == ""); }

    void get_order(std::chrono::seconds delay) {
        pace->answered();
        pace->order_taken(delay);
        auto value = state->value();
        value.last_order.emplace();
        value.last_order->delay = delay;
        BOOST_TEST(state->save(value) == "");
    }

    [[nodiscard]] std::chrono::milliseconds must_wait() const {
        return pace->must_wait(std::chrono::minutes(1));
    }

    temporary_directory here;
    std::filesystem::path file = here.path() / "trafikito.state";
    fake_clock time;
    std::optional<agent::persistence::state_file> state;
    std::optional<agent::cycle::order_pace> pace;
};

} // namespace trafikito::test
