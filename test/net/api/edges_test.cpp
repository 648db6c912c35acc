#include "net/api/edges.hpp"

#include "test/net/recording_client.hpp"
#include "test/net/run_here.hpp"
#include "test/net/virtual_time.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace trafikito::net;
using namespace trafikito::test;
using namespace std::chrono_literals;

namespace {

struct edges_fixture {
    boost::asio::io_context context;
    recording_client client;
    virtual_time time;

    edges_fixture() {
        for (auto const* host : {"a.example", "b.example", "c.example"}) {
            pongs(host, "OK");
        }
    }

    void pongs(std::string const& host, std::string const& content) {
        http::response answer;
        answer.status = 200;
        answer.peer = host + ":443";
        answer.content = content;
        client.pings.insert_or_assign(host, answer);
    }

    void dies(std::string const& host) {
        auto why = recording_client::failure_at(link::step::connect);
        why.peer = host + ":443";
        client.pings.insert_or_assign(host, why);
    }

    api::edges make(unsigned seed = 1, std::vector<std::string> const& hosts = {"a", "b", "c"}) {
        std::vector<link::endpoint> bases;
        for (auto const& host : hosts) {
            bases.push_back(link::parse_endpoint("https://" + host + ".example").value());
        }
        return {std::move(bases), client, std::mt19937(seed), {}, time.tools().now};
    }

    link::result<http::response> ask(api::edges& at) { return ask(at, link::no_limit); }

    link::result<http::response> ask(api::edges& at, link::steady_time until) {
        return run_here(context, at.send("v2/x", http::request{}, until));
    }

    /// Asks once, so that an edge is found; its letter.
    std::string settle(api::edges& at) {
        client.answer("1");
        BOOST_TEST(ask(at).has_value());
        return sent().substr(0, 1);
    }

    /// `a /v2/ping, a /v2/x`
    std::string sent() {
        std::string list;
        for (auto const& one : client.sent) {
            list += (list.empty() ? "" : ", ") + one.what.to.host.substr(0, 1) + ' ' +
                    one.what.to.target;
        }
        client.sent.clear();
        return list;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(edges, edges_fixture)

BOOST_AUTO_TEST_CASE(a_single_base_is_never_pinged) {
    auto at = make(1, {"a"});
    client.answer("answer");
    client.fail(link::step::connect);
    BOOST_TEST(ask(at).value().content == "answer");
    BOOST_TEST(ask(at).has_error());
    BOOST_TEST(sent() == "a /v2/x, a /v2/x");
}

BOOST_AUTO_TEST_CASE(the_first_one_is_pinged_once_and_kept) {
    auto at = make();
    client.answer("1");
    client.answer("2");
    BOOST_TEST(ask(at).has_value());
    auto const first = sent();
    auto const edge = first.substr(0, 1);
    BOOST_TEST(first == edge + " /v2/ping, " + edge + " /v2/x");
    BOOST_TEST(ask(at).has_value());
    BOOST_TEST(sent() == edge + " /v2/x");
}

BOOST_AUTO_TEST_CASE(the_ping_is_that_of_the_shell_agent) {
    capture const expected(read_file(std::string(TRAFIKITO_CAPTURES) + "/v2-ping.http"));
    auto at = make();
    client.answer("1");
    BOOST_TEST(ask(at).has_value());
    auto const& ping = client.sent.at(0);
    BOOST_TEST(ping.what.to.target == expected.target);
    BOOST_TEST(ping.what.content_type == expected.content_type);
    BOOST_TEST(ping.content == "");
    BOOST_TEST(ping.what.headers.at(0).first == "Cache-Control");
    BOOST_TEST(ping.what.headers.at(0).second == "no-cache");
}

BOOST_AUTO_TEST_CASE(every_edge_is_somebodys_first) {
    std::set<std::string> first;
    for (unsigned seed = 0; seed < 50; ++seed) {
        auto at = make(seed);
        client.answer("1");
        BOOST_TEST(ask(at).has_value());
        first.insert(sent().substr(0, 1));
    }
    BOOST_TEST(first.size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_edge_that_says_anything_but_ok_is_not_used) {
    for (auto const* host : {"a.example", "b.example"}) {
        pongs(host, "MAINTENANCE");
    }
    auto at = make();
    client.answer("1");
    BOOST_TEST(ask(at).has_value());
    BOOST_TEST(sent().ends_with("c /v2/ping, c /v2/x"));
}

BOOST_AUTO_TEST_CASE(when_the_edge_fails_the_next_that_says_ok_takes_over_in_the_same_call) {
    auto at = make();
    client.answer("1");
    BOOST_TEST(ask(at).has_value());
    auto const old = sent().substr(0, 1);
    dies(old + ".example");
    client.fail(link::step::wait);
    client.answer("2");
    client.answer("3");
    BOOST_TEST(ask(at).value().content == "2");
    auto const log = sent();
    auto const next = log.substr(9, 1);
    BOOST_TEST(next != old);
    BOOST_TEST(log == old + " /v2/x, " + next + " /v2/ping, " + next + " /v2/x");
    BOOST_TEST(ask(at).value().content == "3");
    BOOST_TEST(sent() == next + " /v2/x");
}

BOOST_AUTO_TEST_CASE(an_answer_of_any_status_is_an_answer) {
    auto at = make();
    client.answer("busy", 503);
    client.fail(link::step::answer); // a redirect
    BOOST_TEST(ask(at).value().status == 503u);
    BOOST_TEST(client.sent.size() == 2u);
    BOOST_TEST(ask(at).has_error());
    BOOST_TEST(client.sent.size() == 4u);
}

BOOST_AUTO_TEST_CASE(when_all_are_dead_all_are_named_and_asked_again_next_time) {
    for (auto const* host : {"a.example", "b.example", "c.example"}) {
        dies(host);
    }
    auto at = make();
    auto const answer = ask(at);
    BOOST_REQUIRE(answer.has_error());
    for (auto const* host : {"a.example:443", "b.example:443", "c.example:443"}) {
        BOOST_TEST(answer.error().message().find(host) != std::string::npos);
    }
    BOOST_TEST(answer.error().retryable);
    BOOST_TEST(client.sent.size() == 3u);
    sent();
    pongs("b.example", "OK");
    client.answer("1");
    BOOST_TEST(ask(at).has_value());
    BOOST_TEST(sent().ends_with("b /v2/ping, b /v2/x"));
}

BOOST_AUTO_TEST_CASE(pings_are_not_what_was_to_be_sent) {
    for (auto const* host : {"a.example", "b.example", "c.example"}) {
        dies(host);
    }
    auto at = make();
    BOOST_TEST(ask(at).error().unsent);
}

BOOST_AUTO_TEST_CASE(what_one_edge_had_may_have_been_heard_though_the_next_one_has_not) {
    auto unsent = recording_client::failure_at(link::step::connect);
    unsent.unsent = true;
    for (bool const first_had_it : {true, false}) {
        client.answers.clear();
        for (auto const* host : {"a.example", "b.example", "c.example"}) {
            pongs(host, "OK");
        }
        auto at = make();
        (void)settle(at);
        client.answers.emplace_back(first_had_it ? recording_client::failure_at(link::step::wait)
                                                 : unsent);
        client.answers.emplace_back(unsent);
        BOOST_TEST(ask(at).error().unsent == !first_had_it);
    }
}

BOOST_AUTO_TEST_CASE(a_5xx_is_reason_to_ping_before_the_next_request) {
    auto at = make();
    auto const edge = settle(at);
    client.answer("", 502);
    BOOST_TEST(ask(at).value().status == 502u);
    pongs(edge + ".example", "no");
    sent();
    client.answer("2");
    BOOST_TEST(ask(at).value().content == "2");
    auto const log = sent();
    BOOST_TEST(log.starts_with(edge + " /v2/ping, "));
    BOOST_TEST(!log.ends_with(edge + " /v2/x"));
}

BOOST_AUTO_TEST_CASE(a_refusal_or_a_named_time_to_come_back_is_none) {
    auto at = make();
    auto const edge = settle(at);
    client.answer("", 403);
    client.answer("", 429);
    client.answer("", 503);
    client.answers.back()->retry_after = 5s;
    client.answer("2");
    for (int i = 0; i < 4; ++i) {
        BOOST_TEST(ask(at).has_value());
        BOOST_TEST(sent() == edge + " /v2/x");
    }
}

BOOST_AUTO_TEST_CASE(when_all_are_dead_a_retry_after_of_theirs_holds) {
    for (auto const* host : {"a.example", "b.example", "c.example"}) {
        dies(host);
    }
    http::response busy;
    busy.status = 503;
    busy.retry_after = 20s;
    client.pings.insert_or_assign("b.example", busy);
    auto at = make();
    auto const why = ask(at).error();
    BOOST_TEST(why.retryable);
    BOOST_TEST((why.retry_after == 20s));
}

BOOST_AUTO_TEST_CASE(when_all_refuse_for_good_there_is_nothing_to_try_again) {
    http::response refusal;
    refusal.status = 403;
    for (auto const* host : {"a.example", "b.example", "c.example"}) {
        client.pings.insert_or_assign(host, refusal);
    }
    auto at = make();
    BOOST_TEST(!ask(at).error().retryable);
}

BOOST_AUTO_TEST_CASE(the_neighbours_of_a_dead_edge_share_its_load) {
    std::set<std::string> next;
    for (unsigned seed = 0; seed < 50; ++seed) {
        auto at = make(seed);
        if (settle(at) == "a") {
            client.fail(link::step::connect);
            client.answer("2");
            BOOST_TEST(ask(at).has_value());
            next.insert(sent().substr(9, 1));
        }
    }
    BOOST_TEST((next == std::set<std::string>{"b", "c"}));
}

BOOST_AUTO_TEST_CASE(it_returns_to_the_first_one_after_an_hour_or_two) {
    for (unsigned seed = 0; seed < 20; ++seed) {
        auto at = make(seed);
        auto const home = settle(at);
        client.fail(link::step::connect);
        client.answer("2");
        BOOST_TEST(ask(at).has_value());
        auto const away = sent().substr(9, 1);
        time.now += 1h - 1s;
        client.answer("3");
        BOOST_TEST(ask(at).has_value());
        BOOST_TEST(sent() == away + " /v2/x");
        time.now += 1h + 1s;
        client.answer("4");
        BOOST_TEST(ask(at).has_value());
        BOOST_TEST(sent() == home + " /v2/ping, " + home + " /v2/x");
        time.now += 24h;
        client.answer("5");
        BOOST_TEST(ask(at).has_value());
        BOOST_TEST(sent() == home + " /v2/x");
    }
}

BOOST_AUTO_TEST_CASE(it_stays_away_while_the_first_one_is_dead) {
    auto at = make();
    auto const home = settle(at);
    client.fail(link::step::connect);
    client.answer("2");
    BOOST_TEST(ask(at).has_value());
    auto const away = sent().substr(9, 1);
    dies(home + ".example");
    time.now += 2h;
    client.answer("3");
    client.answer("4");
    BOOST_TEST(ask(at).has_value());
    BOOST_TEST(sent() == home + " /v2/ping, " + away + " /v2/x");
    BOOST_TEST(ask(at).has_value());
    BOOST_TEST(sent() == away + " /v2/x");
}

BOOST_AUTO_TEST_CASE(hung_edges_do_not_multiply) {
    auto at = make();
    (void)settle(at);
    for (auto const* host : {"a.example", "b.example", "c.example"}) {
        dies(host);
    }
    client.fail(link::step::wait);
    client.on_send = [&](http::request const& what) { time.now += what.timeout.value(); };
    auto const begun = time.now;
    BOOST_TEST(ask(at, begun + 30s).has_error());
    BOOST_TEST((client.sent.at(0).what.timeout == 15s)); // half, for there are others
    BOOST_TEST((client.sent.at(1).what.timeout == 5s));  // a ping
    BOOST_TEST(client.sent.size() == 3u);
    client.sent.clear();
    auto const again = time.now;
    BOOST_TEST(ask(at, again + 8s).has_error());
    BOOST_TEST(client.sent.size() == 2u); // 5 s and what is left of the 8
    BOOST_TEST((time.now == again + 8s));
}

BOOST_AUTO_TEST_SUITE_END()
