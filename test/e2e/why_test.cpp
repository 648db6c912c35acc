// Suite why: the way of a report, gone step by step, against peers that do one thing wrong; and
// what `why` never does: spend the minute of an agent that lives, send a report, show a secret.
#include "test/e2e/why.hpp"

#include "test/support/eventually.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>

using namespace trafikito::test;

namespace {

certificate_wish loopback() {
    certificate_wish wish;
    wish.names = {"127.0.0.1", "localhost"};
    return wish;
}

struct why_fixture {
    why_fixture() : there(who) {
        there.write_config(writing::exported);
        there.write_commands("trafikito_one=\"echo 1\"\n");
        there.environment["TRAFIKITO_CA_FILE"] =
            there.write("etc/ca.pem", authority.certificate()).string();
        there.environment["TRAFIKITO_RANDOM_NUMBER"] = "0";
    }

    void use(strict_api const& api, std::string const& host = "127.0.0.1") {
        there.environment["TRAFIKITO_API_URL"] = api.url(host);
    }

    /// `why` must end with a sentence that holds `part`.
    std::string must_say(std::string const& part) const {
        auto const asked = there.run({"why"});
        BOOST_TEST(exited(asked, 1));
        BOOST_TEST(has(last_line(asked.out), part), asked.out);
        BOOST_TEST(!has(asked.out + asked.err, who.api_key), asked.out);
        return asked.out;
    }
    void must_say_and_not_enrol(std::string const& part) const {
        auto const said = must_say(part);
        BOOST_TEST(!has(said, "enroll"), said);
    }
    /// So that it may ask for an order once more.
    void forget_state() const { std::filesystem::remove_all(there.base() / "var"); }

    known_agent who;
    certificate_authority authority;
    installation there;
};

/// In the API's own form.
constexpr char const* wrong_key =
    R"({"error":{"code":"#wrong_key","message":"SERVER_ID_OR_API_KEY_IS_WRONG"},"data":null})";

} // namespace

BOOST_AUTO_TEST_SUITE(why)

BOOST_FIXTURE_TEST_CASE(an_expired_certificate, why_fixture) {
    auto wish = loopback();
    wish.valid_from = -std::chrono::hours(48);
    wish.valid_to = -std::chrono::hours(24);
    strict_api const api(authority.issue(wish), who);
    use(api);
    must_say("cannot verify the certificate: it expired on ");
}

BOOST_FIXTURE_TEST_CASE(a_certificate_of_the_future, why_fixture) {
    auto wish = loopback();
    wish.valid_from = std::chrono::hours(24);
    strict_api const api(authority.issue(wish), who);
    use(api);
    must_say("is not valid before ");
}

BOOST_FIXTURE_TEST_CASE(the_certificate_of_another_name_is_shown, why_fixture) {
    certificate_wish wish;
    wish.names = {"other.example"};
    strict_api const api(authority.issue(wish), who);
    use(api);
    must_say("it is for other.example, not for 127.0.0.1");
    BOOST_TEST(has(there.run({"why"}).out, " shows peer, issued by Test Authority, valid from "));
}

BOOST_FIXTURE_TEST_CASE(a_port_that_speaks_no_tls, why_fixture) {
    strict_api const api(std::nullopt, who);
    there.environment["TRAFIKITO_API_URL"] = "https" + api.url().substr(4);
    must_say("does that port speak TLS, and is TRAFIKITO_API_URL in the environment of this shell");
}

BOOST_FIXTURE_TEST_CASE(a_page_in_the_place_of_the_api, why_fixture) {
    strict_api api(authority.issue(loopback()), who);
    api.answers("/v2/ping", {{"<html><title>Log in to HotelNet</title></html>"}});
    use(api);
    must_say("an HTML page came instead of the API's answer");
}

BOOST_FIXTURE_TEST_CASE(a_server_in_trouble, why_fixture) {
    strict_api api(authority.issue(loopback()), who);
    api.answers("/v2/ping", {{"out of order", 503}});
    use(api);
    must_say("HTTP 503 to ping, not OK: out of order");
}

BOOST_FIXTURE_TEST_CASE(a_key_that_is_refused, why_fixture) {
    strict_api api(authority.issue(loopback()), who);
    api.answers(v2_order, {{wrong_key, 401}});
    use(api);
    must_say("the API does not know this machine by its server_id " + who.server_id);
}

// The API did not say so: whoever refuses may be a firewall, a proxy, a rule of a web server.
BOOST_FIXTURE_TEST_CASE(a_refusal_that_is_not_of_the_api_leaves_the_key_alone, why_fixture) {
    strict_api api(authority.issue(loopback()), who);
    use(api);
    for (unsigned const status : {401U, 403U}) {
        for (auto const* const text :
             {"no", "<html><title>Blocked</title></html>", R"({"message":"Forbidden"})"}) {
            api.answers(v2_order, {{text, status}});
            must_say_and_not_enrol("and this installation are not touched by that");
            forget_state();
        }
    }
    api.answers(v2_order, {{"slow down", 429}});
    must_say_and_not_enrol("wait: whoever answers takes no more requests of this machine for now");
}

BOOST_FIXTURE_TEST_CASE(a_ping_carries_no_key, why_fixture) {
    strict_api api(authority.issue(loopback()), who);
    use(api);
    for (unsigned const status : {401U, 403U}) {
        api.answers("/v2/ping", {{wrong_key, status}});
        must_say_and_not_enrol("a ping carries no key");
    }
    api.answers("/v2/ping", {{"slow down", 429}});
    must_say_and_not_enrol(
        "HTTP 429 to ping, not OK: slow down; wait: whoever answers takes no more requests");
}

BOOST_FIXTURE_TEST_CASE(a_page_of_a_server_in_trouble_is_its_trouble, why_fixture) {
    strict_api api(authority.issue(loopback()), who);
    use(api);
    api.answers("/v2/ping", {{"<html><title>502 Bad Gateway</title></html>", 502}});
    must_say("HTTP 502 to ping, not OK: 502 Bad Gateway; the API's server has trouble of its own");
}

BOOST_FIXTURE_TEST_CASE(the_api_says_too_early, why_fixture) {
    strict_api api(authority.issue(loopback()), who);
    api.answers(
        v2_order,
        {{R"({"error":{"code":"#6d5jyjytjh","message":"SEND_DATA_ONCE_PER_MINUTE"},"data":null})"}});
    use(api);
    must_say("another agent asks as server " + who.server_id);
}

BOOST_FIXTURE_TEST_CASE(the_api_says_stop, why_fixture) {
    strict_api api(authority.issue(loopback()), who);
    api.answers(v2_order, {{"STOP removed by hand"}});
    use(api);
    must_say("the API has removed this server and told its agent to stop (removed by hand)");
    must_say("the API stopped this agent (removed by hand)");
}

BOOST_FIXTURE_TEST_CASE(something_else_gives_no_order, why_fixture) {
    strict_api api(authority.issue(loopback()), who);
    api.answers(v2_order, {{"hello"}});
    use(api);
    must_say("gives no order: ");
}

BOOST_FIXTURE_TEST_CASE(a_proxy_that_is_not_there_and_its_password, why_fixture) {
    strict_api const api(authority.issue(loopback()), who);
    use(api);
    there.environment["TRAFIKITO_PROXY"] = "http://user:very-secret-word@127.0.0.1:9";
    auto const asked = there.run({"why"});
    BOOST_TEST(exited(asked, 1));
    BOOST_TEST(has(last_line(asked.out), "the proxy 127.0.0.1:9: the connection was refused"),
               asked.out);
    BOOST_TEST(!has(asked.out + asked.err, "very-secret-word"), asked.out);
}

BOOST_FIXTURE_TEST_CASE(one_edge_of_two_will_do, why_fixture) {
    strict_api api(authority.issue(loopback()), who);
    api.answers(v2_order, {{"tok one 55 0"}});
    there.environment["TRAFIKITO_API_URL"] = "https://127.0.0.1:9," + api.url();
    must_say("no agent runs");
}

BOOST_FIXTURE_TEST_CASE(without_a_configuration_it_says_how_to_get_one, why_fixture) {
    std::filesystem::remove(there.config());
    auto const asked = there.run({"why"});
    BOOST_TEST(exited(asked, 2));
    BOOST_TEST(has(last_line(asked.out), "this machine is not enrolled"), asked.out);
}

BOOST_FIXTURE_TEST_CASE(an_interrupt_ends_it_at_once, why_fixture) {
    strict_api api(authority.issue(loopback()), who);
    api.answers("/v2/ping", {{.content = {}, .silent = true}});
    use(api);
    program asking({TRAFIKITO_AGENT, "--config", there.config().string(), "why"},
                   there.all_environment());
    BOOST_REQUIRE(eventually([&] { return api.count("/v2/ping") == 1; }));
    asking.signal(SIGINT);
    BOOST_TEST(asking.wait().code == 128 + SIGINT);
}

BOOST_AUTO_TEST_SUITE_END()
