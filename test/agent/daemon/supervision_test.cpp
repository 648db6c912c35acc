#include "agent/daemon/supervision.hpp"

#include "agent/persistence/status.hpp"
#include "test/agent/fake_clock.hpp"
#include "test/support/notify_socket.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string>

using namespace trafikito;
using std::chrono::minutes;

namespace {

/// Under a manager that wants to hear of us every 30 ms.
struct supervised_fixture {
    supervised_fixture() {
        ::setenv("NOTIFY_SOCKET", (here.path() / "notify").c_str(), 1);
        ::setenv("WATCHDOG_USEC", "30000", 1);
        ::unsetenv("WATCHDOG_PID");
        settings.var_dir = here.path();
        settings.interval = minutes(1);
        settings.cycle_timeout = std::chrono::seconds(50);
        settings.request_timeout = std::chrono::seconds(30);
        outside.emplace(context.get_executor(), time, to);
    }

    [[nodiscard]] agent::daemon::outlook ahead() const {
        return {.interval = settings.interval,
                .configured = settings.interval,
                .due = time.steady_now() + std::chrono::seconds(3),
                .skipped = 0};
    }
    void begin() { outside->begin(settings, "first cycle in 3 s", ahead()); }

    /// Another process after this one.
    void restart() {
        outside.reset();
        outside.emplace(context.get_executor(), time, to);
    }

    void turn_the_loop() {
        for (int timer = 0; timer < 5; ++timer) {
            context.run_one();
        }
    }
    [[nodiscard]] std::string messages() const {
        std::string all;
        for (auto one = systemd.message(); !one.empty(); one = systemd.message()) {
            all += one;
        }
        return all;
    }
    [[nodiscard]] agent::persistence::daemon_status status() const {
        auto const text = agent::persistence::read_recorded(
            agent::persistence::status_file_in(here.path()), 1'000'000);
        return agent::persistence::parse_status(text.content.value()).value();
    }

    test::temporary_directory here;
    test::notify_socket systemd{here.path() / "notify"};
    test::fake_clock time;
    std::string written;
    base::log to{[this](std::string_view line) { written += line; }, base::severity::info,
                 base::log::format::journal};
    config::settings settings;
    boost::asio::io_context context;
    std::optional<agent::daemon::supervision> outside;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervision, supervised_fixture)

BOOST_AUTO_TEST_CASE(the_manager_hears_that_it_is_ready_and_alive) {
    begin();
    BOOST_TEST(messages() == "READY=1\nSTATUS=first cycle in 3 s\nWATCHDOG=1\n");
    turn_the_loop();
    BOOST_TEST(messages().find("WATCHDOG=1\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_cycle_that_does_not_end_lets_the_watchdog_starve) {
    begin();
    outside->cycle_begins(settings);
    time.jump(minutes(2));
    turn_the_loop();
    BOOST_TEST(messages().find("WATCHDOG=1\n") != std::string::npos); // long, but not hung
    time.jump(minutes(10));
    turn_the_loop();
    (void)messages();
    turn_the_loop();
    BOOST_TEST(messages().empty());
    BOOST_TEST(written ==
               "<3>a cycle does not end since 720 s: the watchdog is not fed any more, so "
               "that this agent is started anew\n");
}

BOOST_AUTO_TEST_CASE(waiting_for_the_next_cycle_is_no_hang) {
    begin();
    outside->cycle_begins(settings);
    outside->cycle_ended({}, ahead());
    time.jump(minutes(60));
    (void)messages();
    turn_the_loop();
    BOOST_TEST(messages().find("WATCHDOG=1\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_status_follows_the_cycles) {
    begin();
    BOOST_TEST(!status().cycle_began);
    outside->cycle_begins(settings);
    BOOST_TEST(status().cycle_began.has_value());
    agent::cycle::cycle_outcome outcome;
    outcome.end = agent::cycle::cycle_outcome::kind::accepted;
    outcome.story = "report accepted: 1 command";
    outside->cycle_ended(outcome, ahead());
    outside->cycle_begins(settings);
    outcome.end = agent::cycle::cycle_outcome::kind::failed;
    outcome.story = "no order";
    outside->cycle_ended(outcome, ahead());
    auto const now = status();
    BOOST_TEST(now.cycles == 2U);
    BOOST_TEST(now.reports_accepted == 1U);
    BOOST_TEST(now.last_cycle == "no order");
    BOOST_TEST(now.accepted.has_value());
    BOOST_TEST(now.last_end == "failed");
    BOOST_TEST(now.in_vain == 1U);
    BOOST_TEST(messages().ends_with("STATUS=report accepted: 1 command\nSTATUS=no order\n"));
}

BOOST_AUTO_TEST_CASE(that_nothing_ran_holds_until_an_order_is_run_again) {
    begin();
    agent::cycle::cycle_outcome outcome;
    outcome.ordered = true;
    outcome.nothing_ran = "1 of 1 command could not be started";
    outside->cycle_ended(outcome, ahead());
    outside->cycle_ended({}, ahead()); // no order came
    BOOST_TEST(status().nothing_ran == outcome.nothing_ran);
    outcome.nothing_ran.clear();
    outside->cycle_ended(outcome, ahead());
    BOOST_TEST(status().nothing_ran.empty());
}

// A restart makes nothing unhealthy that was well.
BOOST_AUTO_TEST_CASE(what_an_agent_before_it_did_for_the_same_server_goes_on) {
    settings.who.server_id = "server-1";
    begin();
    agent::cycle::cycle_outcome outcome;
    outcome.end = agent::cycle::cycle_outcome::kind::accepted;
    outcome.story = "report accepted: 1 command";
    outcome.answer = {
        .what = agent::cycle::api_answer::kind::order, .words = "an order", .status = 0};
    outside->cycle_ended(outcome, ahead());
    outside->ended("SIGTERM");
    auto const before = status();
    BOOST_TEST(before.ended.has_value());
    BOOST_TEST(before.ended_by == "SIGTERM");
    restart();
    begin();
    BOOST_TEST((status().accepted == before.accepted));
    BOOST_TEST(status().last_cycle == "report accepted: 1 command");
    BOOST_TEST(status().answer->kind == "order");
    BOOST_TEST(!status().ended);
    BOOST_TEST(status().cycles == 0U);
    BOOST_TEST(status().reports_accepted == 0U);
    restart();
    settings.who.server_id = "server-2";
    begin();
    BOOST_TEST(!status().accepted);
    BOOST_TEST(status().last_cycle.empty());
}

BOOST_AUTO_TEST_CASE(once_is_marked_as_such_and_heard_of_by_no_manager) {
    outside->begin_once(settings, ahead());
    outside->cycle_begins(settings);
    outside->cycle_ended({}, {});
    outside->ended("the end of --once");
    auto const now = status();
    BOOST_TEST(now.once);
    BOOST_TEST(now.last_once);
    BOOST_TEST(now.cycle_ended.has_value());
    BOOST_TEST(messages().empty());
}

BOOST_AUTO_TEST_CASE(once_does_not_write_over_a_daemon_that_lives) {
    begin();
    agent::daemon::supervision once(context.get_executor(), time, to);
    once.begin_once(settings, ahead());
    once.cycle_begins(settings);
    once.cycle_ended({}, {});
    once.ended("the end of --once");
    BOOST_TEST(!status().once);
    BOOST_TEST(!status().ended);
}

BOOST_AUTO_TEST_CASE(when_the_next_cycle_is_due_is_told) {
    begin();
    auto const left = status().next_cycle->up - base::timestamp::now().up;
    BOOST_TEST((left > std::chrono::seconds(2) && left <= std::chrono::seconds(3)));
    outside->cycle_begins(settings);
    BOOST_TEST(!status().next_cycle);
}

BOOST_AUTO_TEST_CASE(a_status_that_cannot_be_written_is_said_once) {
    settings.var_dir = here.path() / "missing";
    begin();
    outside->cycle_begins(settings);
    outside->cycle_ended({}, ahead());
    BOOST_TEST(std::ranges::count(written, '\n') == 1);
    BOOST_TEST(written.find("cannot be written") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
