// Suite without_files: a container's agent that finds everything in its environment and in secrets,
// and may write little or nothing; and systemd's credential.
#include "test/e2e/machine.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

using namespace trafikito::test;
namespace fs = std::filesystem;

namespace {

struct bare : enrolment_fixture {
    bare() {
        api->answers(v2_order, {{"tok df,up 55 0"}});
        environment = inherited_environment();
        add("TRAFIKITO_SERVER_ID=" + api->who().server_id);
        add("TRAFIKITO_API_URL=" + api->url());
        add("TRAFIKITO_CA_FILE=" + ca_file.string());
        add("TRAFIKITO_RUN_df=echo '1  2'");
        add("TRAFIKITO_RUN_trafikito_up=echo up");
    }
    void add(std::string const& variable) { environment.push_back(variable); }
    [[nodiscard]] finished agent(std::vector<std::string> words) const {
        words.insert(words.begin(), {TRAFIKITO_AGENT, "--config", config().string()});
        return run(std::move(words), environment);
    }
    void must_deliver(finished const& ran) const {
        BOOST_TEST(exited(ran, 0));
        BOOST_TEST(api->wait_for(v2_output).report ==
                   section("trafikito_df") + "1  2\n" + section("trafikito_up") + "up\n" +
                       std::string(available) +
                       "trafikito_df=\"echo '1  2'\"\ntrafikito_up=\"echo up\"\n");
    }

    std::vector<std::string> environment;
};

std::size_t count(std::string const& text, std::string const& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(without_files, bare)

BOOST_AUTO_TEST_CASE(the_environment_and_a_secret_are_enough) {
    add("TRAFIKITO_API_KEY_FILE=" + here.write("secret", api->who().api_key + "\n").string());
    fs::create_directories(base() / "var");
    BOOST_TEST(exited(agent({"check"}), 0));
    must_deliver(agent({"--once"}));
    BOOST_TEST(!fs::exists(config()));
}

BOOST_AUTO_TEST_CASE(nothing_need_be_writable) {
    add("TRAFIKITO_API_KEY_FILE=" + here.write("secret", api->who().api_key + "\n").string());
    (void)here.write("opt", "in the way of every folder");
    auto const ran = agent({"--once"});
    must_deliver(ran);
    BOOST_TEST(count(ran.err, "warning") > 0U, ran.err);
    for (auto const* once : {"spool", "state"}) {
        BOOST_TEST(count(ran.err, once) <= 1U, ran.err);
    }
}

BOOST_AUTO_TEST_CASE(a_credential_holds_the_key) {
    (void)here.write("opt/trafikito/etc/trafikito.cfg", "server_id = other\napi_key = wrong\n");
    fs::create_directories(base() / "var");
    auto const key = here.write("credentials/api_key", api->who().api_key + "\n");
    ::chmod(key.c_str(), 0400);
    add("CREDENTIALS_DIRECTORY=" + key.parent_path().string());
    add("TRAFIKITO_RUN_environment=env; echo trafikito_ignore");
    auto const checked = agent({"check"});
    BOOST_TEST(exited(checked, 0));
    BOOST_TEST(has(checked.out, "with the key in " + key.string()), checked.out);
    api->answers(v2_order, {{"tok environment 55 0"}});
    BOOST_TEST(exited(agent({"--once"}), 0));
    auto const report = api->wait_for(v2_output).report;
    BOOST_TEST(!has(report.substr(0, report.find(std::string(available))), "CREDENTIALS"), report);
}

BOOST_AUTO_TEST_CASE(a_credential_that_is_no_key_is_named) {
    (void)here.write("opt/trafikito/etc/trafikito.cfg", "server_id = s\napi_key = k\n");
    fs::create_directories(base() / "var");
    auto const key = here.write("credentials/api_key", "two words\n");
    add("CREDENTIALS_DIRECTORY=" + key.parent_path().string());
    auto const checked = agent({"check"});
    BOOST_TEST(exited(checked, 2));
    BOOST_TEST(has(checked.out, "CREDENTIALS_DIRECTORY: error: the credential \"" + key.string()),
               checked.out);
    BOOST_TEST(!has(checked.out, "two words"), checked.out);
    fs::remove(key);
    BOOST_TEST(exited(agent({"check"}), 0)); // another unit's credentials are none of ours
}

BOOST_AUTO_TEST_CASE(who_only_looks_on_needs_no_key) {
    if (::geteuid() != 0) {
        return;
    }
    ::chmod(here.path().c_str(), 0755);
    (void)here.write("opt/trafikito/etc/trafikito.cfg", "server_id = s\napi_key_file = etc/key\n");
    ::chmod(here.write("opt/trafikito/etc/key", "k\n").c_str(), 0600);
    fs::create_directories(base() / "var");
    auto const as_nobody = [&](std::string const& subcommand) {
        return run({"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                    TRAFIKITO_AGENT, "--config", config().string(), subcommand},
                   environment);
    };
    BOOST_TEST(exited(as_nobody("status"), 3));
    BOOST_TEST(has(as_nobody("healthcheck").out, "no agent has run"));
    BOOST_TEST(exited(as_nobody("check"), 2));
}

BOOST_AUTO_TEST_SUITE_END()
