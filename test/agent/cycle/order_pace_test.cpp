#include "agent/cycle/order_pace.hpp"

#include "test/agent/cycle/pace_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

using namespace trafikito;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds on_the_way = 3'100ms; ///< of a minute: 5 % and 100 ms

} // namespace

BOOST_FIXTURE_TEST_SUITE(order_pace, test::pace_fixture)

BOOST_AUTO_TEST_CASE(an_api_that_was_never_asked_may_be_asked_at_once) {
    BOOST_TEST((must_wait() == 0ms));
    BOOST_TEST((pace->after_start(60s).early == 0ms));
    BOOST_TEST((pace->take_postponement() == 0ms));
}

BOOST_AUTO_TEST_CASE(after_an_answer_it_is_an_interval) {
    ask();
    pace->answered();
    BOOST_TEST((must_wait() == 60s));
    pass(59s);
    BOOST_TEST((must_wait() == 1s));
    pass(1s);
    BOOST_TEST((must_wait() == 0ms));
    pass(24h * 365);
    BOOST_TEST((must_wait() == 0ms));
}

BOOST_AUTO_TEST_CASE(an_interval_counts_from_the_answer_and_the_next_cycle_comes_that_much_later) {
    ask();
    pass(7s);
    pace->answered();
    BOOST_TEST((must_wait() == 60s));
    BOOST_TEST((pace->take_postponement() == 7s));
    BOOST_TEST((pace->take_postponement() == 0ms)); // a cycle that asks nothing is not late
}

BOOST_AUTO_TEST_CASE(the_question_is_on_the_disk_before_it_goes_out) {
    ask(); // and the process is killed
    pass(1s);
    restart();
    // Nobody knows when the API got it.
    BOOST_TEST((must_wait() == 59s + on_the_way));
}

BOOST_AUTO_TEST_CASE(while_the_answer_is_lost_the_next_question_keeps_a_distance) {
    ask();
    pass(30s);
    BOOST_TEST((must_wait() == 30s + on_the_way));
    BOOST_TEST((pace->take_postponement() == 0ms)); // of a single try
    BOOST_TEST((agent::cycle::on_the_way(60s) == on_the_way));
    BOOST_TEST((agent::cycle::on_the_way(1s) == 150ms));
}

BOOST_AUTO_TEST_CASE(a_retry_begins_the_interval_again_also_after_a_crash) {
    ask();
    pass(5s);
    pace->asking_again();
    pass(4s);
    pace->asking_again();
    restart();
    BOOST_TEST((must_wait() == 60s + on_the_way));
}

BOOST_AUTO_TEST_CASE(of_retries_without_an_answer_the_last_one_counts) {
    ask();
    pass(5s);
    pace->asking_again();
    pass(20s); // in vain
    BOOST_TEST((must_wait() == 40s + on_the_way));
    BOOST_TEST((pace->take_postponement() == 5s));
}

BOOST_AUTO_TEST_CASE(of_retries_with_an_answer_the_answer_counts) {
    ask();
    pass(5s);
    pace->asking_again();
    pass(2s);
    pace->answered();
    BOOST_TEST((must_wait() == 60s));
    BOOST_TEST((pace->take_postponement() == 7s));
}

BOOST_AUTO_TEST_CASE(delay_is_waited_for_on_top_also_after_a_restart) {
    ask();
    get_order(5s);
    restart();
    BOOST_TEST((must_wait() == 65s));
    pass(59s);
    BOOST_TEST((must_wait() == 6s));
}

BOOST_AUTO_TEST_CASE(delay_and_lateness_put_off_the_next_cycle_once) {
    ask();
    pass(2s);
    get_order(5s);
    BOOST_TEST((pace->take_postponement() == 7s));
    BOOST_TEST((pace->take_postponement() == 0ms));
    ask();
    BOOST_TEST((pace->take_postponement() == 0ms)); // what one question brought is not the next's
}

BOOST_AUTO_TEST_CASE(an_order_that_is_repeated_puts_off_the_next_cycle_but_no_restart) {
    ask();
    get_order(5s);
    (void)pace->take_postponement();
    pass(65s);
    ask();
    pace->answered();
    pace->order_repeated(5s);
    save();
    BOOST_TEST((pace->take_postponement() == 5s));
    restart();
    BOOST_TEST((must_wait() == 60s));
}

BOOST_AUTO_TEST_CASE(asked_too_early_by_the_apis_count_it_waits_a_whole_interval_from_there) {
    ask();
    pass(3s);
    pace->answered(); // "asked more than once a minute"
    save();
    BOOST_TEST((must_wait() == 60s));
    BOOST_TEST((pace->take_postponement() == 3s));
    restart();
    BOOST_TEST((must_wait() == 60s));
}

BOOST_AUTO_TEST_CASE(a_pause_of_another_interval_counts_as_one_of_this) {
    BOOST_TEST(pace->asking(24h) == ""); // in an earlier configuration
    BOOST_TEST((must_wait() == 60s + on_the_way));
    get_order(5s);
    BOOST_TEST((must_wait() == 65s));
    BOOST_TEST(pace->asking(1s) == "");
    pace->answered();
    BOOST_TEST((must_wait() == 60s));
}

BOOST_AUTO_TEST_CASE(a_wall_clock_that_was_set_changes_nothing) {
    ask();
    pace->answered();
    pass(20s);
    for (auto const jump : {-24h * 365, -24h, 24h, 24h * 365}) {
        set_wall_forward(jump);
        BOOST_TEST((must_wait() == 40s));
        set_wall_forward(-jump);
    }
}

BOOST_AUTO_TEST_CASE(after_a_reboot_the_wall_clock_decides_and_one_from_the_past_waits) {
    ask();
    pace->answered();
    save();
    pass(20s);
    time.reboot();
    restart();
    BOOST_TEST((must_wait() == 40s));
    set_wall_forward(-24h);
    BOOST_TEST((must_wait() == 60s));
}

BOOST_AUTO_TEST_CASE(where_the_state_is_damaged_the_api_counts_as_just_asked) {
    (void)here.write("trafikito.state", "{");
    restart();
    BOOST_TEST((must_wait() == 60s));
    BOOST_TEST((pace->after_start(60s).early == 60s));
}

// What the question wrote covers an answer that comes soon and delays nothing: no second write.
BOOST_AUTO_TEST_CASE(an_answer_is_waited_for_only_where_it_makes_the_next_question_later) {
    using agent::persistence::must_be_synced;
    auto const answer = [&](milliseconds after, std::chrono::seconds delay) {
        pass(120s);
        ask();
        auto const on_disk = state->value();
        pass(after);
        pace->answered();
        pace->order_taken(delay);
        return must_be_synced(on_disk, state->value());
    };
    BOOST_TEST(!answer(50ms, 0s));
    BOOST_TEST(!answer(on_the_way, 0s));
    BOOST_TEST(answer(on_the_way + 1ms, 0s));
    BOOST_TEST(!answer(50ms, 3s));
    BOOST_TEST(answer(50ms, 4s));
}

BOOST_AUTO_TEST_CASE(where_half_of_the_state_is_damaged_the_api_counts_as_just_asked) {
    ask();
    pass(30s);
    ask();
    auto bytes = test::read_file(file);
    bytes.at(agent::persistence::least_half) ^= 1; // the later question is not known
    (void)here.write("trafikito.state", bytes);
    pass(60s);
    restart();
    BOOST_TEST((must_wait() >= 60s));
    restart(); // killed before it asked
    BOOST_TEST((must_wait() >= 60s));
}

// One that asks as soon as it may, and is killed, loses answers, and has its wall clock set in
// between: by the count of the API, which gets each question a while after it was sent, none is
// early.
BOOST_AUTO_TEST_CASE(two_questions_are_never_less_than_an_interval_apart_by_the_apis_count) {
    std::mt19937 engine(1);
    auto const any = [&engine](int most) {
        return milliseconds(std::uniform_int_distribution<int>(0, most)(engine));
    };
    auto const one_in = [&engine](unsigned count) { return engine() % count == 0; };
    std::vector<milliseconds> counted; // when the API had each question
    for (int question = 0; question < 300; ++question) {
        if (one_in(4)) {
            restart();
        }
        pass(must_wait());
        BOOST_REQUIRE((must_wait() == 0ms));
        ask();
        auto const sent = time.elapsed();
        auto const there = any(3'000); // less than on_the_way()
        counted.push_back(sent + there);
        if (one_in(3)) {
            continue; // killed, or the answer was lost
        }
        pass(there + any(5'000));
        pace->answered();
        if (one_in(2)) {
            set_wall_forward(any(1'000'000'000) - 500'000'000ms);
        }
        get_order(one_in(3) ? 7s : 0s);
    }
    for (std::size_t next = 1; next < counted.size(); ++next) {
        BOOST_REQUIRE(counted[next] - counted[next - 1] >= milliseconds(60s));
    }
}

BOOST_AUTO_TEST_CASE(it_knows_whether_a_question_kept_its_distance) {
    ask();
    BOOST_TEST(!pace->kept_distance()); // nobody knows of one before
    get_order(5s);
    pass(64s);
    ask();
    BOOST_TEST(!pace->kept_distance()); // DELAY counts, too
    get_order(0s);
    pass(60s);
    restart();
    ask();
    BOOST_TEST(pace->kept_distance());
    pace->asking_again();
    BOOST_TEST(!pace->kept_distance());
}

BOOST_AUTO_TEST_CASE(a_question_that_never_left_this_machine_was_not_asked) {
    ask();
    pass(1s);
    pace->not_asked();
    BOOST_TEST((must_wait() == 0ms));
    BOOST_TEST((pace->take_postponement() == 0ms));
    save();
    restart();
    BOOST_TEST((must_wait() == 0ms));
}

BOOST_AUTO_TEST_CASE(what_was_asked_before_counts_when_the_next_question_did_not_leave) {
    ask();
    get_order(5s);
    pass(70s);
    auto const before = state->value();
    ask();
    pass(1s);
    pace->not_asked();
    BOOST_TEST((state->value() == before));
}

BOOST_AUTO_TEST_CASE(of_several_tries_the_one_that_was_sent_counts_in_any_order) {
    ask();
    pass(5s);
    pace->not_asked();
    pass(1s);
    pace->asking_again(); // and sent, in vain
    pass(10s);
    pace->asking_again();
    pass(1s);
    pace->not_asked();
    BOOST_TEST((must_wait() == 49s + on_the_way));
    BOOST_TEST((pace->take_postponement() == 6s));
}

BOOST_AUTO_TEST_CASE(a_question_that_is_sent_the_second_time_alone_has_kept_its_distance) {
    ask();
    pace->answered();
    pass(60s);
    ask();
    pace->not_asked();
    pace->asking_again();
    BOOST_TEST(pace->kept_distance());
    pace->asking_again();
    BOOST_TEST(!pace->kept_distance());
}

// Whoever dies before the state is saved again only waits for longer.
BOOST_AUTO_TEST_CASE(that_a_question_was_not_asked_is_not_waited_for) {
    ask();
    auto const on_disk = state->value();
    pace->not_asked();
    BOOST_TEST(!agent::persistence::must_be_synced(on_disk, state->value()));
    restart();
    BOOST_TEST((must_wait() == 60s + on_the_way));
}

BOOST_AUTO_TEST_CASE(why_it_waits_is_said) {
    ask();
    pass(3s);
    BOOST_TEST(pace->why_wait(60s) ==
               "the API may be asked once per interval (60 s), and was asked 3 s ago, without an "
               "answer that says when it had the question");
    get_order(5s);
    pass(2s);
    BOOST_TEST(pace->why_wait(60s) == "the API may be asked once per interval (60 s, and its DELAY "
                                      "of 5 s), and was asked 2 s ago");
}

BOOST_AUTO_TEST_SUITE_END()
