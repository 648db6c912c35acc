#include "server/http/admission.hpp"

#include "test/server/http/admission_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

using namespace trafikito::server::http;
using namespace std::chrono_literals;
using fixture = trafikito::test::admission_fixture;

BOOST_FIXTURE_TEST_SUITE(admission, fixture)

BOOST_AUTO_TEST_CASE(there_is_room_until_there_is_none) {
    for (int i = 0; i < 4; ++i) {
        auto const verdict = who.may_enter();
        BOOST_TEST(verdict.granted);
        BOOST_TEST(!verdict.cut.has_value());
        enter();
    }
}

BOOST_AUTO_TEST_CASE(a_few_downloads_keep_their_seats_and_no_more) {
    limits.max_seats = 3 * trafikito::server::http::admission::seats_for_a_download;
    limits.max_waiting = 200;
    who = trafikito::server::http::admission(limits);
    auto const one = seated("a");
    auto const two = seated("a");
    auto const third_of_a = seated("a");
    auto const other = seated("b");
    auto const too_many = seated("c");
    for (auto const id : {one, two, third_of_a, other, too_many}) {
        who.begin_download(id);
        who.await(id, now);
    }
    for (std::size_t i = 5; i < limits.max_seats; ++i) {
        known("machine " + std::to_string(i), "network " + std::to_string(i));
    }
    now += 1min;
    std::vector<connection_id> cut;
    for (int i = 0; i < 3; ++i) {
        cut.push_back(seat(enter("late " + std::to_string(i))).value().cut.value());
    }
    BOOST_TEST((cut[0] == third_of_a || cut[1] == third_of_a));
    BOOST_TEST((cut[0] == too_many || cut[1] == too_many));
    BOOST_TEST((cut[2] != one && cut[2] != two && cut[2] != other));
    who.end_download(one);
    BOOST_TEST((seat(enter("later")).value().cut == one));
}

BOOST_AUTO_TEST_CASE(strangers_never_have_all_of_many_seats) {
    using server_admission = trafikito::server::http::admission;
    limits.max_seats = 2 * server_admission::max_unknown;
    limits.max_waiting = 100;
    who = server_admission(limits);
    connection_id first = 0;
    for (std::size_t i = 0; i < server_admission::max_unknown; ++i) {
        auto const id = seated("network " + std::to_string(i));
        first = first == 0 ? id : first;
    }
    auto const late = enter("late");
    BOOST_TEST(!seat(late).has_value());
    who.recognise(first, "machine", now); // which makes room for one
    auto const given = who.seat_one(now);
    BOOST_REQUIRE(given.has_value());
    BOOST_TEST(given->seated == late);
    BOOST_TEST(!given->cut.has_value());
    now += limits.patience_with_few;
    auto const next = seat(enter("later"));
    BOOST_TEST((next.has_value() && next->cut && who.sender_of(*next->cut).empty()));
}

BOOST_AUTO_TEST_CASE(who_is_between_two_requests_gives_way_sooner) {
    auto const reads = known("reads");
    auto const rests = known("rests");
    auto const sends = known("sends");
    now += 1h;
    who.await(reads, now);
    who.await_request(rests, now);
    who.received(sends);
    auto const late = enter("late");
    now += trafikito::server::http::admission::idle_patience - 1ms;
    BOOST_TEST(!seat(late).has_value());
    now += 1ms;
    BOOST_TEST((who.seat_one(now).value().cut == rests));
}

BOOST_AUTO_TEST_CASE(who_has_had_the_last_answer_is_not_waited_for) {
    auto const first = seated("a");
    auto const second = seated("b");
    auto const third = seated("c");
    who.await_close(second, now);
    for (auto const id : {first, third}) {
        who.await(id, now);
    }
    auto const late = enter("late");
    now += trafikito::server::http::admission::close_patience - 1ms;
    BOOST_TEST(!seat(late).has_value());
    now += 1ms;
    BOOST_TEST((who.seat_one(now).value().cut == second));
}

BOOST_AUTO_TEST_CASE(a_sender_that_has_few_again_is_one_of_many) {
    limits.max_seats = 7;
    limits.max_waiting = 100;
    who = trafikito::server::http::admission(limits);
    std::vector<connection_id> greedy;
    for (int i = 0; i < 5; ++i) {
        greedy.push_back(known("greedy"));
        who.await(greedy.back(), now);
    }
    auto const modest = known("modest");
    who.await(modest, now);
    now += 1s;
    who.leave(greedy.front()); // four are few
    seated("b");
    seated("c");
    BOOST_TEST(!seat(enter("d")).has_value());
    now += limits.patience_with_known;
    auto const given = who.seat_one(now);
    BOOST_REQUIRE(given.has_value());
    BOOST_TEST(who.sender_of(given->cut.value()).empty());
    auto const next = seat(enter("e"));
    BOOST_TEST(next.value().cut.has_value());
}

BOOST_AUTO_TEST_CASE(where_there_are_few_seats_no_download_keeps_one) {
    for (int i = 0; i < 3; ++i) {
        who.begin_download(seated());
    }
    now += 3s;
    BOOST_TEST(seat(enter("b")).value().cut.has_value());
}

BOOST_AUTO_TEST_CASE(an_unknown_one_gives_way_after_its_patience_whatever_it_does) {
    auto const oldest = seated("a");
    seated("b");
    seated("c");
    auto const late = enter("d");
    BOOST_TEST(!seat(late).has_value());
    now += 2s;
    who.await(oldest, now); // it asks all the time, and shows no key
    auto const given = who.seat_one(now);
    BOOST_REQUIRE(given.has_value());
    BOOST_TEST(given->seated == late);
    BOOST_TEST(given->cut.value() == oldest);
}

BOOST_AUTO_TEST_CASE(an_address_that_holds_many_gives_way_sooner) {
    limits.max_seats = 12;
    who = trafikito::server::http::admission(limits);
    seated("few");
    auto const first = seated("many");
    for (int i = 0; i < 10; ++i) {
        seated("many");
    }
    now += 500ms;
    auto const given = seat(enter("late"));
    BOOST_REQUIRE(given.has_value());
    BOOST_TEST(given->cut.value() == first);
}

BOOST_AUTO_TEST_CASE(seats_are_not_given_anew_faster_than_connections_end) {
    for (int i = 0; i < 3; ++i) {
        seated();
    }
    std::vector<connection_id> cut;
    now += 10s;
    while (auto const given = seat(enter())) {
        now += 10s;
        cut.push_back(given->cut.value());
        BOOST_REQUIRE(cut.size() < 1000U);
    }
    BOOST_TEST(cut.size() == 32U);
    who.leave(cut.front());
    BOOST_TEST(who.seat_one(now).has_value());
}

BOOST_AUTO_TEST_CASE(known_ones_stay_while_there_is_an_unknown_one) {
    known("web1", "same");
    known("web2", "same");
    auto const stranger = seated("other");
    now += 1h;
    BOOST_TEST(seat(enter())->cut.value() == stranger);
}

BOOST_AUTO_TEST_CASE(of_known_ones_the_sender_with_most_gives_way_when_it_is_idle) {
    known("web1", "x");
    auto const idle = known("web2", "y");
    auto const asking = known("web2", "z");
    now += 4s;
    who.await(asking, now);
    auto const late = enter();
    BOOST_TEST(!seat(late).has_value());
    now += 1s;
    BOOST_TEST(who.seat_one(now)->cut.value() == idle);
}

BOOST_AUTO_TEST_CASE(of_a_sender_that_holds_many_one_gives_way_however_often_it_asks) {
    limits.max_seats = trafikito::server::http::admission::few_of_a_sender + 2;
    who = trafikito::server::http::admission(limits);
    known("agent");
    std::vector<connection_id> many;
    while (many.size() < limits.max_seats - 1) {
        many.push_back(known("greedy", std::to_string(many.size())));
    }
    now += 500ms;
    for (auto const id : many) {
        who.await(id, now);
    }
    auto const late = enter();
    BOOST_TEST(seat(late)->cut.value() == many.front());
    who.leave(many.front());
    who.recognise(late, "other", now); // now it holds no more than a few
    now += 500ms;
    BOOST_TEST(!seat(enter()).has_value());
}

BOOST_AUTO_TEST_CASE(nobody_goes_while_the_server_works_for_him) {
    for (int i = 0; i < 3; ++i) {
        who.received(seated());
    }
    now += 1h;
    BOOST_TEST(!seat(enter()).has_value());
}

BOOST_AUTO_TEST_CASE(an_address_that_showed_a_key_may_hold_more) {
    limits.max_seats = 6;
    who = trafikito::server::http::admission(limits);
    known("web1", "customer");
    auto const stranger = seated("stranger");
    seated("stranger");
    seated("customer");
    seated("customer");
    seated("customer");
    now += 2s;
    BOOST_TEST(seat(enter("late"))->cut.value() == stranger);
}

BOOST_AUTO_TEST_CASE(a_name_that_a_proxy_gives_counts_from_then_on) {
    limits.max_seats = 2;
    who = trafikito::server::http::admission(limits);
    auto const one = seated("proxy");
    auto const other = seated("proxy");
    who.rename(one, "192.0.2.1:5", "192.0.2.1");
    who.rename(other, "192.0.2.2:5", "192.0.2.2");
    BOOST_TEST(who.peer_of(one) == "192.0.2.1:5");
    BOOST_TEST(who.address_of(other) == "192.0.2.2");
    now += 600ms; // as two of one address they would not be many either
    BOOST_TEST(!seat(enter("late")).has_value());
}

BOOST_AUTO_TEST_CASE(small_bodies_are_always_taken) {
    std::vector<connection_id> const all{seated(), seated(), seated()};
    for (auto const id : all) {
        BOOST_TEST(who.claim(id, large, now).granted);
    }
    who.await(all[0], now);
    BOOST_TEST(who.claim(enter(), trafikito::server::http::admission::small_body, now).granted);
}

BOOST_AUTO_TEST_CASE(a_claim_that_grows_counts_once) {
    auto const id = seated();
    BOOST_TEST(who.claim(id, large, now).granted);
    BOOST_TEST(who.claim(id, large, now).granted);
    BOOST_TEST(who.claim(id, 3 * large, now).granted);
    BOOST_TEST(!who.claim(id, 3 * large + 1, now).granted); // it would be the one to give way
    who.release(id);
    BOOST_TEST(who.claim(seated(), 3 * large, now).granted);
}

BOOST_AUTO_TEST_CASE(large_bodies_of_the_unknown_give_way_to_others) {
    auto const first = seated("many");
    auto const second = seated("many");
    auto const agent = known("web1");
    BOOST_TEST(who.claim(first, large, now).granted);
    BOOST_TEST(who.claim(second, large, now).granted);
    BOOST_TEST(who.claim(agent, large, now).granted);
    auto const more = who.claim(agent, 2 * large, now);
    BOOST_TEST(more.granted);
    BOOST_TEST(more.cut.value() == first);
}

BOOST_AUTO_TEST_CASE(the_known_wait_for_each_other) {
    auto const slow = known("web1");
    auto const quick = known("web2");
    BOOST_TEST(who.claim(slow, 3 * large, now).granted);
    BOOST_TEST(!who.claim(quick, large, now).granted);
    now += 5s; // it does not come to an end
    who.leave(quick);
    auto const again = known("web2");
    auto const verdict = who.claim(again, large, now);
    BOOST_TEST(verdict.granted);
    BOOST_TEST(verdict.cut.value() == slow);
}

BOOST_AUTO_TEST_CASE(who_claims_far_more_than_another_gives_way_at_once) {
    limits.max_bodies = 8 * large;
    who = trafikito::server::http::admission(limits);
    auto const first = known("greedy");
    auto const second = known("greedy");
    auto const small = known("modest");
    BOOST_TEST(who.claim(first, 4 * large, now).granted);
    now += 1ms;
    BOOST_TEST(who.claim(second, 4 * large, now).granted);
    auto const verdict = who.claim(small, 2 * large, now);
    BOOST_TEST(verdict.granted);
    BOOST_TEST(verdict.cut.value() == first);
    who.leave(first);
    BOOST_TEST(who.claim(known("another"), 2 * large, now).granted);
    BOOST_TEST(!who.claim(small, 3 * large, now).granted); // not far more: the second keeps its own
}

BOOST_AUTO_TEST_CASE(what_ends_gives_everything_back) {
    for (int round = 0; round < 10; ++round) {
        std::vector<connection_id> const all{seated("a"), known("s", "b"), seated("b")};
        for (auto const id : all) {
            BOOST_TEST(who.claim(id, large, now).granted);
        }
        for (auto const id : all) {
            who.leave(id);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
