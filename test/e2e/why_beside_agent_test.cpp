// Suite why_beside_agent: what `why` asks and what it leaves alone while an agent lives, whose
// environment counts, and what another user sees.
#include "test/e2e/why.hpp"

#include "test/support/eventually.hpp"
#include "test/support/real_programs.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>

using namespace trafikito::test;

BOOST_AUTO_TEST_SUITE(why_beside_agent)

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

BOOST_AUTO_TEST_SUITE_END()
