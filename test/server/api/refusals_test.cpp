#include "server/api/refusals.hpp"

#include "test/server/api/api_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using server::store::refusal;
using whose = refusal::whose;
namespace refused = server::store::refused;

struct fixture : test::api_fixture {
    server::http::response ask(std::string const& id, std::string const& key) {
        return post("/v2/agent/get_config",
                    R"({"serverId":")" + id + R"(","serverApiKey":")" + key + R"("})");
    }
    server::http::response report(std::string const& output) {
        return post_multipart(
            "/v2/agent/save_output",
            {{"output", output}, {"serverId", "srv-1"}, {"serverApiKey", "key-1"}}, more);
    }
    refusal only(whose about, std::string const& name) {
        auto const all = kept.refusals(about, name);
        BOOST_REQUIRE_EQUAL(all.size(), 1U);
        return all.front();
    }
    void a_minute_later() {
        later += 61s;
        api.tick(std::chrono::steady_clock::now() + later);
        drain();
    }

    std::chrono::seconds later{0};
    server::http::header_fields more;
};

BOOST_FIXTURE_TEST_SUITE(refusals, fixture)

BOOST_AUTO_TEST_CASE(a_wrong_key_is_noted_of_the_server_whose_id_was_given) {
    (void)ask("srv-1", "wrong");
    auto const one = only(whose::server, "srv-1");
    BOOST_TEST(one.kind == refused::wrong_key);
    BOOST_TEST(one.address == "127.0.0.1");
    BOOST_TEST((one.first == now));
    for (int i = 0; i < 5; ++i) {
        (void)ask("srv-1", "wrong");
    }
    BOOST_TEST(only(whose::server, "srv-1").times == 1); // one commit a minute
    a_minute_later();
    BOOST_TEST(only(whose::server, "srv-1").times == 6);
    a_minute_later();
    BOOST_TEST(only(whose::server, "srv-1").times == 6);
}

BOOST_AUTO_TEST_CASE(an_id_that_no_server_has_is_noted_within_bounds) {
    (void)ask("srv-7", "wrong");
    BOOST_TEST(only(whose::stranger, "srv-7").kind == refused::wrong_key);
    for (int i = 0; i < 1000; ++i) {
        (void)ask("x" + std::to_string(i), "wrong");
    }
    (void)ask(std::string(65, 'x'), "wrong");
    (void)ask("evil\\u001b[2J", "wrong");
    a_minute_later();
    auto const all = kept.refusals(whose::stranger);
    BOOST_TEST(all.size() == server::store::max_strangers_of_address);
    BOOST_TEST(std::ranges::none_of(all, [](auto const& each) {
        return each.name.size() > 64 || each.name.find('\x1b') != std::string::npos;
    }));
}

BOOST_AUTO_TEST_CASE(one_that_was_removed_is_noted_as_told_to_stop) {
    kept.remove_server("srv-1");
    BOOST_TEST(ask("srv-1", "key-1").body.starts_with("STOP"));
    BOOST_TEST(only(whose::stranger, "srv-1").kind == refused::told_to_stop);
}

BOOST_AUTO_TEST_CASE(too_early_is_one_kind_in_both_versions) {
    (void)ask("srv-1", "key-1");
    (void)ask("srv-1", "key-1");
    (void)post("/v1/agent/get", "serverId=srv-1", {{"Authorization", "key-1"}});
    a_minute_later();
    auto const one = only(whose::server, "srv-1");
    BOOST_TEST(one.kind == refused::too_early);
    BOOST_TEST(one.times == 2);
}

BOOST_AUTO_TEST_CASE(a_report_that_is_refused_is_noted_with_the_reason) {
    std::string many;
    for (int i = 0; i < 5000; ++i) {
        many += "*-*-*-*------------ Trafikito command: trafikito_x\n";
    }
    BOOST_TEST(report(many).status == 400U);
    BOOST_TEST(only(whose::server, "srv-1").kind == "report");
    BOOST_TEST(only(whose::server, "srv-1").words == "TOO_MANY_SECTIONS");
}

BOOST_AUTO_TEST_CASE(a_time_that_cannot_be_believed_is_noted_as_the_clock) {
    more = {{"Trafikito-Collected-At", "2027-01-15T09:00:00.000Z"}}; // it is 08:00
    BOOST_TEST(report("").status == 200U);
    auto const one = only(whose::server, "srv-1");
    BOOST_TEST(one.kind == refused::clock);
    BOOST_TEST(one.words.ends_with(": 2027-01-15T09:00:00.000Z"), one.words);
}

BOOST_AUTO_TEST_CASE(what_names_nobody_is_noted_of_its_address) {
    (void)post("/nowhere", "");
    auto const one = only(whose::address, "127.0.0.1");
    BOOST_TEST(one.kind == "path");
    api.turned_away({server::http::turned_away::why::tls, {}, "192.0.2.0", "192.0.2.9:1", "no"});
    a_minute_later();
    BOOST_TEST(only(whose::address, "192.0.2.0").kind == refused::tls);
    BOOST_TEST(only(whose::address, "192.0.2.0").address == "192.0.2.9");
}

BOOST_AUTO_TEST_CASE(what_was_noted_is_written_when_it_stops) {
    (void)ask("srv-1", "wrong");
    (void)ask("srv-7", "wrong");
    BOOST_TEST(kept.refusals(whose::stranger).empty());
    api.stop();
    drain();
    BOOST_TEST(only(whose::stranger, "srv-7").times == 1);
}

BOOST_AUTO_TEST_CASE(what_could_not_be_written_waits_and_is_counted_once) {
    auto const start = std::chrono::steady_clock::now();
    server::api::refusals some;
    refusal const one{whose::server, "s", "k", 2, now, now, "a", "first"};
    some.note(one);
    BOOST_TEST(some.due(start));
    auto const taken = some.take(start);
    some.note({whose::server, "s", "k", 1, now + 1s, now + 1s, "b", "second"});
    some.put_back(taken);
    BOOST_TEST(!some.due(start + 59s));
    auto const all = some.take(start + 60s);
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].times == 3);
    BOOST_TEST((all[0].first == now));
    BOOST_TEST(all[0].address == "b");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
