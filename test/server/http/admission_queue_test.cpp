#include "server/http/admission.hpp"

#include "test/server/http/admission_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito::server::http;
using namespace std::chrono_literals;
using fixture = trafikito::test::admission_fixture;

BOOST_FIXTURE_TEST_SUITE(admission_queue, fixture)

BOOST_AUTO_TEST_CASE(seats_go_to_addresses_that_hold_few_first) {
    auto const first = enter("many");
    auto const second = enter("many");
    auto const other = enter("few");
    for (auto const id : {first, second, other}) {
        who.wait_for_seat(id, now);
    }
    BOOST_TEST(who.seat_one(now)->seated == other);
    BOOST_TEST(who.seat_one(now)->seated == second);
    BOOST_TEST(who.seat_one(now)->seated == first);
    BOOST_TEST(!who.seat_one(now).has_value());
    BOOST_TEST(who.seated(second));
}

BOOST_AUTO_TEST_CASE(of_equal_ones_the_last_is_first_for_it_waits_least) {
    auto const first = enter("a");
    auto const second = enter("b");
    who.wait_for_seat(first, now);
    who.wait_for_seat(second, now);
    BOOST_TEST(who.seat_one(now)->seated == second);
    BOOST_TEST(who.waits(first));
    BOOST_TEST(who.seat(first, now)); // before its turn
    BOOST_TEST(who.seated(first));
    BOOST_TEST(!who.somebody_waits());
    BOOST_TEST(!who.seat(first, now)); // it has one
    seated("c");
    auto const late = enter("late");
    who.wait_for_seat(late, now);
    now += 1h;
    BOOST_TEST(!who.seat(late, now)); // nobody has to go for it
}

BOOST_AUTO_TEST_CASE(where_too_many_wait_only_those_of_lighter_addresses_come_in) {
    using server_admission = trafikito::server::http::admission;
    limits.max_waiting = 2 * server_admission::max_queue;
    who = server_admission(limits);
    connection_id last = 0;
    for (std::size_t i = 0; i < server_admission::max_queue; ++i) {
        BOOST_TEST(who.may_wait("flood", now).granted);
        last = enter("flood");
        who.wait_for_seat(last, now);
    }
    BOOST_TEST(!who.may_wait("flood", now).granted);
    auto const verdict = who.may_wait("machine", now);
    BOOST_TEST(verdict.granted);
    BOOST_TEST(verdict.cut.value() == last);
    BOOST_TEST(!who.waits(last));
    auto const machine = enter("machine");
    who.wait_for_seat(machine, now);
    BOOST_TEST(who.seat_one(now)->seated == machine);
    who.leave(last);
    BOOST_TEST(who.may_wait("flood", now).granted);
}

BOOST_AUTO_TEST_CASE(who_has_spoken_is_not_cut_for_one_that_comes) {
    for (int i = 0; i < 4; ++i) {
        who.wait_for_seat(enter(), now);
    }
    auto const verdict = who.may_enter();
    BOOST_TEST(!verdict.granted);
    BOOST_TEST(!verdict.cut.has_value());
}

BOOST_AUTO_TEST_CASE(of_silent_ones_the_oldest_of_the_address_with_most_goes_at_once) {
    enter("few");
    auto const first = enter("many");
    enter("many");
    enter("many");
    auto const verdict = who.may_enter();
    BOOST_TEST(verdict.granted);
    BOOST_TEST(verdict.cut.value() == first);
    who.leave(first);
    BOOST_TEST(!who.may_enter().cut.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
