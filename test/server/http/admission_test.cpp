#include "server/http/admission.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using server::http::connection_id;

constexpr auto large = server::http::admission::small_body + 1;
constexpr auto begin = server::http::admission::time_point(1000s);

struct three_connections_and_two_large_bodies {
    server::http::admission admission{
        {.max_connections = 3, .max_bodies = 2 * large, .least_patience = 5s}};

    connection_id enter(server::http::admission::time_point now = begin) {
        return admission.enter("a peer", now);
    }
    bool claims(connection_id id, std::size_t bytes) {
        return admission.claim(id, bytes, begin).granted;
    }
};

BOOST_FIXTURE_TEST_SUITE(admission, three_connections_and_two_large_bodies)

BOOST_AUTO_TEST_CASE(each_connection_has_its_own_id_and_peer) {
    auto const first = admission.enter("127.0.0.1:1", begin);
    auto const second = admission.enter("127.0.0.1:2", begin);
    BOOST_TEST(admission.peer_of(first) == "127.0.0.1:1");
    BOOST_TEST(admission.peer_of(second) == "127.0.0.1:2");
    admission.leave(first);
    BOOST_CHECK_THROW(static_cast<void>(admission.peer_of(first)), std::out_of_range);
    BOOST_TEST(enter() != first);
}

BOOST_AUTO_TEST_SUITE(connections)

BOOST_AUTO_TEST_CASE(one_above_the_limit_is_taken_and_no_more) {
    for (int i = 0; i < 4; ++i) {
        BOOST_TEST(admission.may_enter(begin).granted);
        enter();
    }
    BOOST_TEST(!admission.may_enter(begin).granted);
}

BOOST_AUTO_TEST_CASE(whoever_leaves_makes_room_for_one) {
    for (int i = 0; i < 3; ++i) {
        enter();
    }
    auto const fourth = enter();
    admission.leave(fourth);
    BOOST_TEST(admission.may_enter(begin).granted);
    enter();
    BOOST_TEST(!admission.may_enter(begin).granted);
}

BOOST_AUTO_TEST_CASE(nobody_goes_while_there_is_room) {
    for (int i = 0; i < 3; ++i) {
        enter();
    }
    auto const verdict = admission.may_enter(begin + 1h);
    BOOST_TEST(verdict.granted);
    BOOST_TEST(!verdict.cut);
}

BOOST_AUTO_TEST_CASE(the_longest_awaited_goes) {
    enter(begin + 2s);
    auto const longest = enter(begin);
    enter(begin + 1s);
    enter(begin + 3s);
    auto const verdict = admission.may_enter(begin + 10s);
    BOOST_TEST(!verdict.granted);
    BOOST_CHECK(verdict.cut == longest);
}

BOOST_AUTO_TEST_CASE(of_those_awaited_equally_long_the_first_goes) {
    auto const first = enter();
    for (int i = 0; i < 3; ++i) {
        enter();
    }
    BOOST_CHECK(admission.may_enter(begin + 10s).cut == first);
}

BOOST_AUTO_TEST_CASE(nobody_goes_before_the_least_patience_has_passed) {
    auto const first = enter(begin);
    for (int i = 0; i < 3; ++i) {
        enter(begin + 1s);
    }
    BOOST_TEST(!admission.may_enter(begin + 5s - 1ns).cut);
    BOOST_CHECK(admission.may_enter(begin + 5s).cut == first);
}

BOOST_AUTO_TEST_CASE(one_goes_at_a_time) {
    auto const first = enter(begin);
    auto const second = enter(begin + 1s);
    enter(begin + 2s);
    enter(begin + 3s);
    BOOST_CHECK(admission.may_enter(begin + 10s).cut == first);
    BOOST_TEST(!admission.may_enter(begin + 1h).cut); // the first is about to end
    admission.leave(first);
    enter(begin + 4s);
    BOOST_CHECK(admission.may_enter(begin + 10s).cut == second);
}

BOOST_AUTO_TEST_CASE(whose_request_is_being_answered_stays) {
    auto const answered = enter(begin);
    auto const second = enter(begin + 1s);
    enter(begin + 2s);
    enter(begin + 3s);
    admission.received(answered);
    BOOST_CHECK(admission.may_enter(begin + 10s).cut == second);
}

BOOST_AUTO_TEST_CASE(nobody_goes_when_all_are_being_answered) {
    for (int i = 0; i < 4; ++i) {
        admission.received(enter());
    }
    auto const verdict = admission.may_enter(begin + 1h);
    BOOST_TEST(!verdict.granted);
    BOOST_TEST(!verdict.cut);
}

BOOST_AUTO_TEST_CASE(patience_begins_anew_with_each_turn_of_the_client) {
    auto const first = enter(begin);
    auto const second = enter(begin + 1s);
    admission.received(first);
    admission.await(first, begin + 2s);
    enter(begin + 9s);
    enter(begin + 9s);
    BOOST_CHECK(admission.may_enter(begin + 10s).cut == second);
    admission.leave(second);
    enter(begin + 9s);
    BOOST_TEST(!admission.may_enter(begin + 7s - 1ns).cut);
    BOOST_CHECK(admission.may_enter(begin + 7s).cut == first);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bodies)

BOOST_AUTO_TEST_CASE(together_they_fill_the_limit_to_the_byte) {
    BOOST_TEST(claims(enter(), large));
    BOOST_TEST(!claims(enter(), large + 1));
    BOOST_TEST(claims(enter(), large));
    BOOST_TEST(!claims(enter(), large));
}

BOOST_AUTO_TEST_CASE(one_that_is_larger_than_the_limit_never_fits) {
    BOOST_TEST(!claims(enter(), 2 * large + 1));
    BOOST_TEST(claims(enter(), 2 * large));
}

BOOST_AUTO_TEST_CASE(small_ones_are_always_taken_and_count) {
    BOOST_TEST(claims(enter(), 2 * large));
    auto const small = enter();
    BOOST_TEST(claims(small, server::http::admission::small_body)); // above the limit by now
    BOOST_TEST(claims(enter(), 0));
    BOOST_TEST(!claims(enter(), large));
}

BOOST_AUTO_TEST_CASE(small_ones_leave_less_room_for_large_ones) {
    auto const small = enter();
    BOOST_TEST(claims(small, 2));
    BOOST_TEST(!claims(enter(), 2 * large - 1));
    BOOST_TEST(claims(enter(), 2 * large - 2));
}

BOOST_AUTO_TEST_CASE(a_released_claim_is_room_again_once) {
    auto const first = enter();
    BOOST_TEST(claims(first, 2 * large));
    admission.release(first);
    admission.release(first);
    BOOST_TEST(claims(enter(), 2 * large));
    BOOST_TEST(!claims(first, large));
}

BOOST_AUTO_TEST_CASE(a_claim_ends_with_its_connection) {
    auto const first = enter();
    BOOST_TEST(claims(first, 2 * large));
    admission.leave(first);
    BOOST_TEST(claims(enter(), 2 * large));
}

BOOST_AUTO_TEST_CASE(a_refused_claim_takes_nothing) {
    auto const first = enter();
    auto const second = enter();
    BOOST_TEST(claims(first, large));
    BOOST_TEST(!claims(second, 2 * large));
    admission.leave(second);
    BOOST_TEST(claims(enter(), large));
}

BOOST_AUTO_TEST_CASE(for_a_large_one_the_longest_awaited_large_one_goes) {
    auto const silent = enter(begin);
    auto const small = enter(begin);
    auto const later = enter(begin + 2s);
    auto const longest = enter(begin + 1s);
    auto const wants = enter(begin);
    BOOST_TEST(claims(silent, 0));
    BOOST_TEST(claims(later, large));
    BOOST_TEST(claims(longest, large));
    BOOST_TEST(claims(small, server::http::admission::small_body));
    auto const verdict = admission.claim(wants, large, begin + 10s);
    BOOST_TEST(!verdict.granted);
    BOOST_CHECK(verdict.cut == longest);
}

BOOST_AUTO_TEST_CASE(a_large_one_has_the_least_patience_too) {
    auto const first = enter(begin);
    BOOST_TEST(claims(first, 2 * large));
    BOOST_TEST(!admission.claim(enter(), large, begin + 5s - 1ns).cut);
    BOOST_CHECK(admission.claim(enter(), large, begin + 5s).cut == first);
}

BOOST_AUTO_TEST_CASE(a_large_one_that_is_being_answered_stays) {
    auto const first = enter();
    BOOST_TEST(claims(first, 2 * large));
    admission.received(first);
    BOOST_TEST(!admission.claim(enter(), large, begin + 1h).cut);
}

BOOST_AUTO_TEST_CASE(nobody_goes_for_a_claim_that_is_granted) {
    BOOST_TEST(claims(enter(), large));
    auto const verdict = admission.claim(enter(), large, begin + 1h);
    BOOST_TEST(verdict.granted);
    BOOST_TEST(!verdict.cut);
}

BOOST_AUTO_TEST_CASE(one_goes_at_a_time_whatever_for) {
    auto const body = enter(begin);
    BOOST_TEST(claims(body, 2 * large));
    enter(begin + 1s);
    enter(begin + 1s);
    auto const wants = enter(begin + 9s);
    BOOST_CHECK(admission.claim(wants, large, begin + 10s).cut == body);
    BOOST_TEST(!admission.may_enter(begin + 10s).cut);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace
