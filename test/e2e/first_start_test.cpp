// Suite first_start: the daemon in a container that was given an enrolment token and a volume, and
// nothing else.
#include "test/e2e/machine.hpp"

#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

using namespace trafikito::test;
namespace fs = std::filesystem;

namespace {

struct container : token_fixture {
    container() {
        answer_with(good_identity());
        api->answers(v2_order, {{"tok df_h 55 0"}});
    }

    [[nodiscard]] std::vector<std::string> variables() const {
        auto all = inherited_environment();
        for (auto const& one :
             {"TRAFIKITO_ENROLL_TOKEN_FILE=" + key_file.string(), "TRAFIKITO_API_URL=" + url,
              "TRAFIKITO_CA_FILE=" + ca_file.string(),
              std::string("TRAFIKITO_SERVER_NAME=test machine"),
              "TRAFIKITO_WORKSPACE_ID=" + api->who().workspace_id,
              std::string("TRAFIKITO_INTERVAL=1s"), std::string("TRAFIKITO_RANDOM_NUMBER=0")}) {
            all.push_back(one);
        }
        return all;
    }
    [[nodiscard]] std::unique_ptr<program> start() const {
        return std::make_unique<program>(
            std::vector<std::string>{TRAFIKITO_AGENT, "--config", config().string()}, variables());
    }
    [[nodiscard]] finished look(std::vector<std::string> words) const {
        words.insert(words.begin(), {TRAFIKITO_AGENT, "--config", config().string()});
        return run(std::move(words), variables());
    }

    std::string url = api->url();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(first_start, container)

BOOST_AUTO_TEST_CASE(it_enrols_and_reports) {
    auto const daemon = start();
    BOOST_TEST(api->wait_for(v2_output).report.starts_with(section("trafikito_df_h")));
    BOOST_TEST(!fs::exists(base() / "var/enroll.nonce"));
    BOOST_TEST(!fs::exists(base() / "var/enroll.problem"));
    BOOST_TEST(eventually([&] { return look({"healthcheck"}).code == 0; }));
    daemon->signal(SIGTERM);
    auto const ended = daemon->wait();
    BOOST_TEST(exited(ended, 0));
    BOOST_TEST(!has(ended.err, api->who().user_api_key), ended.err);
    BOOST_TEST(!has(ended.err, api->who().api_key), ended.err);
}

BOOST_AUTO_TEST_CASE(the_second_start_does_not_look_at_the_token) {
    {
        auto const daemon = start();
        (void)api->wait_for(v2_output);
    }
    fs::remove(key_file);
    auto const asked = api->count(v2_agent_file);
    auto const daemon = start();
    (void)api->wait_for(v2_output, api->count(v2_output) + 1);
    BOOST_TEST(api->count(v2_agent_file) == asked);
}

BOOST_AUTO_TEST_CASE(it_waits_for_an_api_that_is_away) {
    api->answers(v2_identity, {{"soon", 503}, {"soon", 503}, {good_identity()}});
    auto const daemon = start();
    BOOST_TEST(daemon->wrote("not enrolled yet, and tried again until it is: "));
    BOOST_TEST(daemon->wrote("enrolled as server " + api->who().server_id));
    auto const log = daemon->err();
    auto const first = log.find("tried again until it is");
    BOOST_TEST(log.find("tried again until it is", first + 1) == std::string::npos, log);
    auto const first_nonce = api->wait_for(v2_agent_file, 1).nonce;
    BOOST_TEST(api->wait_for(v2_agent_file, 3).nonce == first_nonce);
}

BOOST_AUTO_TEST_CASE(meanwhile_others_are_told_why) {
    url = "https://127.0.0.1:1";
    BOOST_TEST(has(look({"healthcheck"}).out, "unhealthy: not enrolled yet: "));
    auto const daemon = start();
    BOOST_TEST(daemon->wrote("the connection was refused"));
    auto const health = look({"healthcheck"});
    BOOST_TEST(exited(health, 1));
    BOOST_TEST(has(health.out, "unhealthy: not enrolled yet: connection to 127.0.0.1:1"),
               health.out);
    auto const status = look({"status"});
    BOOST_TEST(exited(status, 3));
    BOOST_TEST(has(status.out, "not running: not enrolled yet: connection to"), status.out);
    BOOST_TEST(has(look({"status", "--json"}).out, R"({"running":false,"problem":"not enrolled)"));
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_CASE(a_refusal_is_final) {
    for (unsigned const status : {401U, 403U, 400U}) {
        api->answers(
            v2_identity,
            {{R"({"error":{"code":"#token_revoked","message":"it was revoked"}})", status}});
        auto const asked = api->count(v2_agent_file);
        auto const ended = start()->wait();
        BOOST_TEST(exited(ended, 2));
        BOOST_TEST(api->count(v2_agent_file) == asked + 1);
        BOOST_TEST(has(ended.err, "it was revoked #token_revoked"), ended.err);
        BOOST_TEST(has(look({"healthcheck"}).out, "it was revoked"));
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_meant_asks_nobody) {
    auto const ends = [&](std::vector<std::string> const& variables) {
        return run({TRAFIKITO_AGENT, "--config", config().string()}, variables).code;
    };
    auto without = variables();
    std::erase_if(without, [](auto const& one) { return one.starts_with("TRAFIKITO_API_URL="); });
    BOOST_TEST(ends(without) == 2);
    fs::remove(key_file);
    BOOST_TEST(ends(variables()) == 2);
    BOOST_TEST(api->requests().empty());
}

BOOST_AUTO_TEST_CASE(a_volume_that_cannot_be_written_asks_nobody) {
    (void)here.write("opt/trafikito/var", "no directory");
    auto const ended = start()->wait();
    BOOST_TEST(exited(ended, 1));
    BOOST_TEST(api->requests().empty());
}

BOOST_AUTO_TEST_CASE(commands_of_the_environment_beat_those_of_the_list) {
    api->answers(v2_order, {{"tok df_h 55 0"}});
    auto words = variables();
    words.emplace_back("TRAFIKITO_RUN_df_h=echo of the environment");
    program const daemon({TRAFIKITO_AGENT, "--config", config().string()}, words);
    BOOST_TEST(api->wait_for(v2_output).report.starts_with(section("trafikito_df_h") +
                                                           "of the environment\n"));
}

// As PID 1 a signal without a handler is ignored by the kernel, and orphans are its own.
BOOST_AUTO_TEST_CASE(as_pid_1_it_ends_at_once_and_reaps) {
    if (::geteuid() != 0) {
        return;
    }
    api->answers(v2_identity, {{"soon", 503}});
    program daemon({"/usr/bin/unshare", "--pid", "--fork", "--mount-proc", TRAFIKITO_AGENT,
                    "--config", config().string()},
                   variables());
    BOOST_REQUIRE(daemon.wrote("not enrolled yet, and tried again"));
    auto const inside = descendants_of(daemon.pid());
    BOOST_REQUIRE(!inside.empty());
    auto const pid = std::to_string(inside.front());
    auto const target = "nsenter -t " + pid + " -p -m ";
    BOOST_TEST(exited(run({"/bin/sh", "-c", target + "sh -c '(sleep 0.2 &) ; exit 0'"},
                          {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}),
                      0));
    BOOST_TEST(eventually([&] {
        return run({"/bin/sh", "-c", target + "ps -A -o stat= | grep -c Z"},
                   {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"})
                   .out == "0\n";
    }));
    ::kill(inside.front(), SIGTERM);
    BOOST_TEST(exited(daemon.wait(), 0));
}

BOOST_AUTO_TEST_SUITE_END()
