// Suite why: the way of a report, gone step by step, against peers that do one thing wrong; and
// what `why` never does: spend the minute of an agent that lives, send a report, show a secret.
#include "test/e2e/installation.hpp"

#include "test/support/eventually.hpp"
#include "test/support/real_programs.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>

using namespace trafikito::test;

namespace {

std::string last_line(std::string text) {
    if (text.ends_with('\n')) {
        text.pop_back();
    }
    return text.substr(text.rfind('\n') + 1);
}

bool has(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

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

/// An API that gives an order, and an agent on an interval of an hour.
struct asking_fixture : pair {
    explicit asking_fixture(int version = 2) : pair(version) {
        commands("trafikito_one=\"echo 1\"\n");
        order({{version == 1 ? "tok,trafikito_one" : "tok one 55 0"}});
        there.environment["TRAFIKITO_INTERVAL"] = "1h";
    }
};

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

BOOST_FIXTURE_TEST_CASE(without_an_agent_it_asks_once_and_sends_nothing, asking_fixture) {
    auto const first = there.run({"why"});
    BOOST_TEST(exited(first, 1));
    BOOST_TEST(has(last_line(first.out), "no agent runs"), first.out);
    BOOST_TEST(has(first.out, "it gives an order: 1 command"), first.out);
    BOOST_TEST(orders() == 1U);
    auto const second = there.run({"why"});
    BOOST_TEST(has(second.out, "not asked for an order: once per interval (3600 s), and so not "
                               "before "),
               second.out);
    BOOST_TEST(orders() == 1U);
    BOOST_TEST(reports() == 0U);
}

BOOST_FIXTURE_TEST_CASE(it_leaves_an_agent_that_lives_alone, asking_fixture) {
    auto const daemon = there.daemon();
    (void)report();
    BOOST_REQUIRE(eventually([&] { return there.run({"healthcheck"}).code == 0; }));
    auto const before = there.listing();
    auto const asked = there.run({"why"});
    BOOST_TEST(exited(asked, 0));
    BOOST_TEST(has(last_line(asked.out), "Nothing is wrong"), asked.out);
    BOOST_TEST(has(asked.out, "answers OK to ping"), asked.out);
    BOOST_TEST(there.listing() == before);
    BOOST_TEST(orders() == 1U);
    BOOST_TEST(reports() == 1U);
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_FIXTURE_TEST_CASE(a_wall_before_the_reports_leaves_the_key_alone, asking_fixture) {
    api.answers(v2_output, {{"<html><title>#wrong_key</title></html>", 403}});
    auto const daemon = there.daemon();
    (void)report();
    BOOST_REQUIRE(
        eventually([&] { return has(there.run({"status"}).out, "report not delivered"); }));
    auto const asked = there.run({"why"});
    BOOST_TEST(exited(asked, 1));
    BOOST_TEST(has(last_line(asked.out), "HTTP 403 Forbidden: #wrong_key"), asked.out);
    BOOST_TEST(has(last_line(asked.out), "the key and this installation are well"), asked.out);
    BOOST_TEST(!has(asked.out, "enroll"), asked.out);
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

// A proxy that is exported in the shell of who asks is none of the daemon's.
BOOST_FIXTURE_TEST_CASE(beside_an_agent_its_environment_counts, asking_fixture) {
    auto const daemon = there.daemon();
    (void)report();
    BOOST_REQUIRE(eventually([&] { return there.run({"healthcheck"}).code == 0; }));
    auto const before = there.environment;
    auto const dead = "http://127.0.0.1:9";
    for (auto const& [name, value] :
         std::map<std::string, std::string>{{"https_proxy", dead},
                                            {"TRAFIKITO_PROXY", dead},
                                            {"TRAFIKITO_API_URL", "https://127.0.0.1:9"},
                                            {"TRAFIKITO_CA_FILE", "/dev/null"},
                                            {"TRAFIKITO_VAR_DIR", there.base() / "nosuch"}}) {
        there.environment = before;
        there.environment[name] = value;
        auto const asked = there.run({"why"});
        BOOST_TEST(exited(asked, 0));
        BOOST_TEST(has(last_line(asked.out), "Nothing is wrong"), asked.out);
        BOOST_TEST(has(asked.out, name + " is "), asked.out);
    }
    there.environment = before;
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_FIXTURE_TEST_CASE(a_variable_is_named_and_whose_it_is, asking_fixture) {
    there.environment["https_proxy"] = "http://user:very-secret-word@127.0.0.1:9";
    auto const daemon = there.daemon();
    BOOST_REQUIRE(eventually([&] { return has(there.run({"status"}).out, "127.0.0.1:9"); }));
    auto const said = [&](std::string const& part) {
        auto const asked = there.run({"why"});
        BOOST_TEST(exited(asked, 1));
        BOOST_TEST(has(last_line(asked.out), part), asked.out);
        BOOST_TEST(!has(asked.out, "very-secret-word"), asked.out);
    };
    auto const whose =
        "https_proxy in the environment of the agent, process " + std::to_string(daemon->pid());
    there.environment.erase("https_proxy");
    said("is " + whose + " right?");
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
    there.environment["https_proxy"] = "http://user:very-secret-word@127.0.0.1:9";
    said("is https_proxy in the environment of this shell right?");
    said("`env -u https_proxy ");
}

BOOST_AUTO_TEST_CASE(towards_a_v1_api_it_ends_at_tls_while_an_agent_lives) {
    asking_fixture v1(1);
    auto const daemon = v1.there.daemon();
    (void)v1.report();
    BOOST_REQUIRE(eventually([&] { return v1.there.run({"healthcheck"}).code == 0; }));
    auto const all = v1.api.requests().size();
    auto const asked = v1.there.run({"why"});
    BOOST_TEST(exited(asked, 0));
    BOOST_TEST(has(asked.out, "not asked: an agent runs, and that question is its own"), asked.out);
    BOOST_TEST(v1.api.requests().size() == all);
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_FIXTURE_TEST_CASE(as_json_it_is_one_object_without_the_key, asking_fixture) {
    auto const asked = there.run({"why", "--json"});
    BOOST_TEST(exited(asked, 1));
    auto const object = boost::json::parse(asked.out).as_object();
    BOOST_TEST(!object.at("ok").as_bool());
    BOOST_TEST(std::string(object.at("cause").as_string()).starts_with("no agent runs"));
    BOOST_TEST(has(std::string(object.at("command").as_string()), " start"));
    auto const& first = object.at("steps").as_array().front().as_object();
    BOOST_TEST(first.at("id").as_string() == "configuration");
    BOOST_TEST(first.at("verdict").as_string() == "ok");
    BOOST_TEST(first.at("tookMs").as_int64() >= 0);
    BOOST_TEST(!has(asked.out, api.who().api_key));
}

BOOST_FIXTURE_TEST_CASE(without_a_configuration_it_says_how_to_get_one, why_fixture) {
    std::filesystem::remove(there.config());
    auto const asked = there.run({"why"});
    BOOST_TEST(exited(asked, 2));
    BOOST_TEST(has(last_line(asked.out), "this machine is not enrolled"), asked.out);
}

BOOST_FIXTURE_TEST_CASE(an_agent_that_a_signal_stopped, asking_fixture) {
    auto const daemon = there.daemon();
    (void)report();
    daemon->signal(SIGSTOP);
    BOOST_REQUIRE(eventually([&] { return has(proc_file(daemon->pid(), "stat"), ") T "); }));
    auto const asked = there.run({"why"});
    BOOST_TEST(has(last_line(asked.out), "mend it: kill -CONT " + std::to_string(daemon->pid())),
               asked.out);
    daemon->signal(SIGCONT);
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_FIXTURE_TEST_CASE(as_another_user_it_says_what_it_cannot_see, asking_fixture,
                        *needs_root() * needs("setpriv")) {
    std::filesystem::permissions(there.base(), std::filesystem::perms(0755));
    std::filesystem::permissions(there.config(), std::filesystem::perms(0600));
    auto const daemon = there.daemon();
    (void)report();
    std::vector<std::string> const as_nobody{
        find_program("setpriv"), "--reuid=65534", "--regid=65534",         "--clear-groups",
        TRAFIKITO_AGENT,         "--config",      there.config().string(), "why"};
    auto const asked = run(as_nobody, there.all_environment());
    BOOST_TEST(exited(asked, 0));
    BOOST_TEST(has(last_line(asked.out), "Nothing wrong was seen, but this user may not see all"),
               asked.out);
    BOOST_TEST(has(asked.out, "agent          unseen"), asked.out);
    BOOST_TEST(orders() == 1U);
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

// What is exported in its shell is no more the daemon's than root's is.
BOOST_FIXTURE_TEST_CASE(as_another_user_no_variable_of_the_shell_counts, asking_fixture,
                        *needs_root() * needs("setpriv")) {
    std::filesystem::permissions(there.base(), std::filesystem::perms(0755));
    std::string lines;
    for (auto const& [name, value] : there.environment) {
        lines += name.substr(std::string_view("TRAFIKITO_").size()) + " = " + value + "\n";
    }
    there.write_config(writing::exported, {}, lines);
    there.environment.clear();
    std::filesystem::permissions(there.config(), std::filesystem::perms(0644));
    auto const daemon = there.daemon();
    (void)report();
    there.environment["https_proxy"] = "http://127.0.0.1:9";
    std::vector<std::string> const as_nobody{
        find_program("setpriv"), "--reuid=65534", "--regid=65534",         "--clear-groups",
        TRAFIKITO_AGENT,         "--config",      there.config().string(), "why"};
    auto const asked = run(as_nobody, there.all_environment());
    BOOST_TEST(has(asked.out, "could not be seen by this user: the files count alone here"),
               asked.out);
    BOOST_TEST(!has(asked.out, "127.0.0.1:9"), asked.out);
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
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
