// Suite server_why: a real agent that a real server hears nothing of, and the last sentence of
// `trafikito-server why`.
#include "test/e2e/self_hosted.hpp"
#include "test/support/eventually.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace trafikito::test;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

struct why_fixture {
    void enrol() const {
        auto const enrolled =
            run({TRAFIKITO_AGENT, "enroll", "--api-url", server.url(), "--ca-file",
                 server.ca_file().string(), "--user-api-key-file", server.user_key_file().string(),
                 "--workspace-id", "default", "--server-name", "web1", "--base-dir", base.string()},
                {"PATH=/usr/bin:/bin"});
        BOOST_REQUIRE(exited(enrolled, 0));
        (void)here.write("machine/available_commands.sh", "trafikito_good=\"echo good\"\n");
    }
    [[nodiscard]] finished once(std::vector<std::string> more = {}) const {
        std::vector<std::string> environment{"PATH=/usr/bin:/bin", "TRAFIKITO_INTERVAL=1s",
                                             "TRAFIKITO_RETRIES=0"};
        environment.insert(environment.end(), more.begin(), more.end());
        return run({TRAFIKITO_AGENT, "--config", (base / "etc/trafikito.cfg").string(), "--once"},
                   environment);
    }

    [[nodiscard]] json::object why(std::string const& whom = "web1") const {
        return json::parse(server.run({"why", whom, "--json"}).out).as_object();
    }
    /// The text's last line, once that is the cause: what was refused is written down a moment
    /// later.
    [[nodiscard]] std::string sentence(std::string_view cause, int code = 1,
                                       std::string const& whom = "web1") const {
        BOOST_TEST(eventually([&] { return why(whom).at("cause").as_string() == cause; }),
                   json::serialize(why(whom)));
        auto const shown = server.run({"why", whom});
        BOOST_TEST(exited(shown, code));
        auto const end = shown.out.rfind('\n', shown.out.size() - 2);
        return shown.out.substr(end + 1);
    }

    self_hosted server;
    temporary_directory here;
    fs::path base = here.path() / "machine";
};

bool has(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(server_why, why_fixture)

BOOST_AUTO_TEST_CASE(nothing_is_wrong_with_one_that_reports) {
    enrol();
    BOOST_TEST(exited(once(), 0));
    auto const said = sentence("none", 0);
    BOOST_TEST(said.starts_with("nothing is wrong with web1: its newest data is of "), said);
}

BOOST_AUTO_TEST_CASE(one_that_never_asked_is_told_to_be_started) {
    enrol();
    auto const said = sentence("never_asked");
    BOOST_TEST(said.starts_with("web1 was enrolled ("), said);
    BOOST_TEST(has(said, "has never asked for an order: its agent was not started, or does not "
                         "reach " +
                             server.url()),
               said);
}

BOOST_AUTO_TEST_CASE(a_wrong_key_is_told_and_the_new_one_mends_it) {
    enrol();
    auto const first = server.run({"servers", "new-key", "web1"}); // the agent has the old one
    BOOST_TEST(exited(first, 0));
    BOOST_TEST(exited(once(), 1));
    auto const said = sentence("wrong_key");
    BOOST_TEST(said.starts_with("the agent of web1 shows a wrong api_key (1 time since "), said);
    BOOST_TEST(has(said, " from 127.0.0.1): `trafikito-server servers new-key web1` prints a new "
                         "one, which belongs into the trafikito.cfg of that machine"),
               said);
    // As the sentence says.
    auto const made = server.run({"servers", "new-key", "web1"}).out;
    auto const key = made.substr(made.find("api_key = ") + 10);
    BOOST_TEST(exited(once({"TRAFIKITO_API_KEY=" + key.substr(0, key.find('\n'))}), 0));
    (void)sentence("none", 0);
}

BOOST_AUTO_TEST_CASE(a_certificate_that_the_agent_does_not_trust_is_told) {
    enrol();
    auto const other = self_hosted();
    BOOST_TEST(exited(once({"TRAFIKITO_CA_FILE=" + other.ca_file().string()}), 1));
    auto const said = sentence("distrust");
    BOOST_TEST(said.starts_with("whoever asks from 127.0.0.1 does not trust this server's "
                                "certificate (1 time since "),
               said);
    BOOST_TEST(has(said, "give the agent of web1 the file " + server.ca_file().string()), said);
}

BOOST_AUTO_TEST_CASE(a_report_that_is_refused_is_told_with_the_reason) {
    enrol();
    (void)here.write("machine/available_commands.sh",
                     "trafikito_large=\"head -c 17000000 /dev/zero\"\n");
    BOOST_TEST(exited(once(), 0)); // it was asked for what it was enrolled with
    BOOST_TEST(exited(once({"TRAFIKITO_MAX_OUTPUT=32MiB", "TRAFIKITO_MAX_REPORT=64MiB"}), 1));
    auto const said = sentence("too_large");
    BOOST_TEST(said.starts_with("the reports of web1 are too large and are refused ("), said);
    BOOST_TEST(has(said, ": 413 "), said);
    BOOST_TEST(has(said, "): set `max_report = 8MiB` (what an agent has by itself) or less in its "
                         "trafikito.cfg, or order fewer commands with `trafikito-server order web1 "
                         "-NAME`"),
               said);
}

// A late report says when it was collected, by that machine's clock.
BOOST_AUTO_TEST_CASE(a_clock_that_is_an_hour_ahead_is_told) {
    enrol();
    BOOST_TEST(exited(once(), 0));
    auto const ahead = here.write("ahead", "3600").string();
    BOOST_TEST(exited(once({"LD_PRELOAD=" TRAFIKITO_WALL_CLOCK, "WALL_CLOCK_FILE=" + ahead,
                            "TRAFIKITO_API_URL=https://127.0.0.1:1"}),
                      1));
    BOOST_TEST(exited(once({"LD_PRELOAD=" TRAFIKITO_WALL_CLOCK, "WALL_CLOCK_FILE=" + ahead}), 0));
    auto const said = sentence("clock");
    BOOST_TEST(said.starts_with("the clock of web1 is wrong: a report that came at "), said);
    bool const by_an_hour = has(said, " said that it was collected 59 min later; set it on that") ||
                            has(said, " said that it was collected 1 h later; set it on that");
    BOOST_TEST(by_an_hour, said);
}

BOOST_AUTO_TEST_CASE(one_that_was_removed_is_told_when_and_that_it_stops) {
    enrol();
    BOOST_TEST(exited(server.run({"servers", "remove", "web1"}), 0));
    (void)once();
    auto const told = [&] {
        return has(std::string(why().at("sentence").as_string()), "is told to stop, last at ");
    };
    BOOST_TEST(eventually(told));
    BOOST_TEST(sentence("removed").starts_with("web1 was removed here ("));
}

BOOST_AUTO_TEST_CASE(an_order_of_nothing_is_told) {
    enrol();
    BOOST_TEST(exited(once(), 0));
    BOOST_TEST(exited(server.run({"order", "web1", "--none"}), 0));
    BOOST_TEST(sentence("empty_order")
                   .starts_with("web1 is asked to run nothing: "
                                "`trafikito-server order web1 --all`"));
}

BOOST_AUTO_TEST_CASE(a_name_that_nobody_has_leads_to_its_token_or_to_the_nearest) {
    enrol();
    BOOST_TEST(sentence("no_such_server", 1, "wbe1") ==
               "there is no server wbe1, did you mean web1? `trafikito-server why web1`\n");
    BOOST_TEST(exited(server.run({"enroll-command", "--server-name", "db1", "--token-only"}), 0));
    BOOST_TEST(sentence("not_enrolled", 1, "db1")
                   .starts_with("no machine has been enrolled as db1 "
                                "yet: the token of "));
    BOOST_TEST(has(server.run({"outputs", "wbe1"}).err,
                   "there is no server wbe1, did you mean web1? `trafikito-server servers` lists "
                   "them"));
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_run_is_told_first) {
    enrol();
    BOOST_TEST(exited(once(), 0));
    (void)server.stop();
    auto const said = sentence("not_served");
    BOOST_TEST(said.starts_with("no trafikito-server serves "), said);
}

BOOST_AUTO_TEST_CASE(what_keeps_a_server_from_starting_is_told_with_it) {
    enrol();
    (void)server.stop();
    auto const key = server.ca_file().parent_path() / "ca.key";
    fs::resize_file(key, 3);
    auto const said = sentence("not_served");
    BOOST_TEST(has(said, "; `trafikito-server check` finds: " + key.string() +
                             ": it is not an unencrypted private key in PEM form"),
               said);
}

BOOST_AUTO_TEST_SUITE_END()
