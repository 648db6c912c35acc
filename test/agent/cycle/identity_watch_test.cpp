#include "agent/cycle/identity_watch.hpp"

#include "test/agent/cycle/cycle_rig.hpp"
#include "test/agent/fake_api.hpp"
#include "test/agent/fake_clock.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <string>

using namespace trafikito;
using namespace std::chrono_literals;

namespace {

/// Cycles of one agent against an API that says what a test wants.
struct identity_watch_fixture : test::cycle_rig<test::fake_clock> {
    void cycle(bool too_early, std::chrono::milliseconds later = 61s) {
        time.jump(later);
        time.set_wall(time.stamp().wall + later);
        net::api::order nothing;
        nothing.token = "t";
        api.next_answer =
            too_early ? net::api::order_answer(net::api::api_error{
                            "#6d5jyjytjh", "SEND_DATA_ONCE_PER_MINUTE_OR_YOU_WILL_BE_BLOCKED"})
                      : net::api::order_answer(nothing);
        (void)run(api);
    }

    [[nodiscard]] bool accuses() const { return says("although this agent keeps its distance"); }
    [[nodiscard]] bool is_a_problem() const {
        return std::ranges::any_of(log.problems(), [](auto const& one) {
            return one.message.find("another agent asks as this server") != std::string::npos;
        });
    }

    void check_machine(std::string const& identity, std::string const& machine) {
        agent::cycle::check_machine(settings, *state, identity, machine, log);
        BOOST_TEST(state->save(state->value()) == "");
    }
    [[nodiscard]] bool is_a_copy() const { return says("this installation is a copy"); }

    test::fake_api api;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(identity_watch, identity_watch_fixture)

BOOST_AUTO_TEST_CASE(a_second_agent_is_noticed_by_what_the_api_says) {
    cycle(false);
    cycle(true);
    BOOST_TEST(!is_a_problem()); // an answer that was lost would look the same
    BOOST_TEST(says("unless an answer was lost, another agent asks as this server"));
    cycle(true);
    BOOST_TEST(accuses());
    BOOST_TEST(says("trafikito-agent enroll --api-url"));
    BOOST_TEST(!says("set interval"));
    BOOST_TEST(is_a_problem());
    logged.clear();
    cycle(true);
    BOOST_TEST(!says("set interval")); // said once
    BOOST_TEST(!says("--user-api-key-file"));
}

BOOST_AUTO_TEST_CASE(it_is_taken_back_after_three_orders) {
    cycle(false);
    cycle(true);
    cycle(true);
    cycle(false);
    cycle(false);
    BOOST_TEST(is_a_problem());
    cycle(false);
    BOOST_TEST(!is_a_problem());
    BOOST_TEST(says("no other agent seems to ask"));
}

BOOST_AUTO_TEST_CASE(two_that_take_turns_are_noticed_too) {
    cycle(false);
    cycle(true);
    cycle(false);
    cycle(true);
    BOOST_TEST(accuses());
}

BOOST_AUTO_TEST_CASE(a_restart_forgets_nothing) {
    cycle(false);
    cycle(true);
    restart();
    cycle(true);
    BOOST_TEST(accuses());
}

BOOST_AUTO_TEST_CASE(a_start_without_a_state_accuses_nobody) {
    cycle(true);
    BOOST_TEST(state->value().refused_as_too_early == 0U);
    cycle(true);
    BOOST_TEST(!accuses());
    cycle(true);
    BOOST_TEST(accuses());
}

BOOST_AUTO_TEST_CASE(who_did_not_keep_its_distance_accuses_nobody) {
    cycle(false);
    for (int time_and_again = 0; time_and_again < 4; ++time_and_again) {
        cycle(true, 30s);
    }
    BOOST_TEST(!accuses());
}

BOOST_AUTO_TEST_CASE(a_question_that_was_sent_again_accuses_nobody) {
    api.on_fetch = [&] { pace->asking_again(); };
    cycle(false);
    for (int time_and_again = 0; time_and_again < 4; ++time_and_again) {
        cycle(true, 65s);
    }
    BOOST_TEST(!accuses());
}

BOOST_AUTO_TEST_CASE(an_interval_below_a_minute_may_be_the_reason_as_well) {
    settings.interval = 10s;
    cycle(false);
    cycle(true, 11s);
    cycle(true, 11s);
    BOOST_TEST(accuses());
    BOOST_TEST(says("set interval = 60s"));
}

BOOST_AUTO_TEST_CASE(another_machine_id_proves_a_copy_and_the_same_one_nothing) {
    check_machine("identity", "machine");
    restart();
    check_machine("identity", "machine");
    BOOST_TEST(!is_a_copy());
    restart();
    check_machine("identity", "another");
    BOOST_TEST(is_a_copy());
    BOOST_TEST(log.problems().size() == 1U);
    restart();
    logged.clear();
    check_machine("identity", "another"); // as long as nothing was done about it
    BOOST_TEST(state->value().machine == "machine");
    check_machine("identity", "machine");
    BOOST_TEST(log.problems().empty());
}

BOOST_AUTO_TEST_CASE(without_a_machine_id_nothing_is_proven) {
    check_machine("identity", "");
    check_machine("identity", "machine");
    check_machine("identity", "");
    BOOST_TEST(!is_a_copy());
    BOOST_TEST(state->value().machine == "machine");
}

BOOST_AUTO_TEST_CASE(an_identity_that_is_new_begins_anew) {
    check_machine("identity", "machine");
    auto value = state->value();
    value.machine_wanted = true;
    value.least_interval = 300s;
    value.refused_as_too_early = 3;
    state->change(value);
    check_machine("enrolled anew", "another");
    BOOST_TEST(!is_a_copy());
    BOOST_TEST(state->value().machine == "another");
    BOOST_TEST(!state->value().machine_wanted);
    BOOST_TEST((state->value().least_interval == 0s));
    BOOST_TEST(state->value().refused_as_too_early == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
