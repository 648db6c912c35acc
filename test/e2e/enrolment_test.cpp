// Suite enrolment: from nothing to an installation, and both programs together.
#include "test/e2e/installation.hpp"
#include "test/e2e/self_hosted.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace trafikito::test;

namespace {

bool has(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

/// `trafikito-agent enroll` into a directory of the test's.
struct machine {
    finished enroll(std::string const& url, std::filesystem::path const& ca_file,
                    std::filesystem::path const& key_file, std::string const& workspace) const {
        return run({TRAFIKITO_AGENT, "enroll", "--api-url", url, "--ca-file", ca_file.string(),
                    "--user-api-key-file", key_file.string(), "--workspace-id", workspace,
                    "--server-name", "test machine", "--base-dir", base().string()},
                   {"PATH=/usr/bin:/bin"});
    }
    finished agent(std::vector<std::string> words) const {
        words.insert(words.begin(), {TRAFIKITO_AGENT, "--config", config().string()});
        return run(std::move(words), {"PATH=/usr/bin:/bin", "TRAFIKITO_INTERVAL=1s"});
    }
    [[nodiscard]] std::filesystem::path base() const { return here.path() / "opt/trafikito"; }
    [[nodiscard]] std::filesystem::path config() const { return base() / "etc/trafikito.cfg"; }

    temporary_directory here;
};

/// The wire of an enrolment, before a strict API.
struct enrolment_fixture : machine {
    enrolment_fixture() {
        certificate_wish wish;
        wish.names = {"127.0.0.1"};
        api = std::make_unique<strict_api>(authority.issue(wish));
        ca_file = here.write("ca.pem", authority.certificate());
        key_file = here.write("key", api->who().user_api_key + "\n");
    }
    void answer_with(std::string const& identity) {
        api->answers(v2_agent_file, {{identity}, {"# list\ntrafikito_one=\"echo 1\"\n"}});
    }
    [[nodiscard]] std::string good_identity() const {
        return "# made for you\nserver_id = " + api->who().server_id +
               "\napi_key = " + api->who().api_key + "\nurl_output = https://evil.example/\n";
    }
    finished enroll_here() {
        return enroll(api->url(), ca_file, key_file, api->who().workspace_id);
    }

    certificate_authority authority;
    std::unique_ptr<strict_api> api;
    std::filesystem::path ca_file;
    std::filesystem::path key_file;
};

} // namespace

BOOST_AUTO_TEST_SUITE(enrolment)

BOOST_FIXTURE_TEST_CASE(the_api_is_asked_for_a_server_and_shown_the_default_commands,
                        enrolment_fixture) {
    answer_with(good_identity());
    auto const ran = enroll_here();
    BOOST_TEST(exited(ran, 0));
    auto const made = api->wait_for(v2_agent_file, 1);
    BOOST_TEST(made.field("serverName") == "test machine");
    BOOST_TEST(made.field("tmpFilePath") == (base() / "var/trafikito.tmp").string());
    auto const shown = api->wait_for(v2_agent_file, 2).report;
    BOOST_TEST(shown.starts_with(section("free")), shown);
    BOOST_TEST(has(shown, section(R"(cat /proc/cpuinfo | sed '/^\s*$/q')")), shown);
    BOOST_TEST(api->requests().size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(the_files_are_written_and_the_agent_runs_on_them, enrolment_fixture) {
    answer_with(good_identity());
    BOOST_TEST(exited(enroll_here(), 0));
    BOOST_TEST(read_file(base() / "available_commands.sh") == "# list\ntrafikito_one=\"echo 1\"\n");
    using std::filesystem::perms;
    auto const mode = std::filesystem::status(config()).permissions();
    BOOST_TEST(((mode & (perms::group_all | perms::others_all)) == perms::none));
    BOOST_TEST(!has(read_file(config()), "evil.example"));
    BOOST_TEST(!has(read_file(config()), api->who().user_api_key));
    api->answers(v2_order, {{"tok one 55 0"}});
    BOOST_TEST(exited(agent({"check"}), 0));
    BOOST_TEST(exited(agent({"--once"}), 0));
    BOOST_TEST(api->wait_for(v2_output).report.starts_with(section("trafikito_one") + "1\n"));
}

BOOST_FIXTURE_TEST_CASE(no_key_is_printed, enrolment_fixture) {
    answer_with(good_identity());
    auto const ran = enroll_here();
    BOOST_TEST(!has(ran.out + ran.err, api->who().api_key));
    BOOST_TEST(!has(ran.out + ran.err, api->who().user_api_key));
}

BOOST_FIXTURE_TEST_CASE(any_other_answer_is_shown_and_leaves_no_installation, enrolment_fixture) {
    answer_with("The workspace is full, " + api->who().user_api_key);
    auto const ran = enroll_here();
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(has(ran.err, "The workspace is full"), ran.err);
    BOOST_TEST(!has(ran.err, api->who().user_api_key), ran.err);
    BOOST_TEST(!std::filesystem::exists(config()));
    answer_with(good_identity());
    BOOST_TEST(exited(enroll_here(), 0)); // and the next attempt is not in its way
}

BOOST_FIXTURE_TEST_CASE(an_installation_is_not_overwritten, enrolment_fixture) {
    (void)here.write("opt/trafikito/etc/trafikito.cfg", "server_id = mine\n");
    auto const ran = enroll_here();
    BOOST_TEST(exited(ran, 2));
    BOOST_TEST(has(ran.err, config().string()), ran.err);
    BOOST_TEST(read_file(config()) == "server_id = mine\n");
    BOOST_TEST(api->requests().empty());
}

BOOST_FIXTURE_TEST_CASE(an_identity_that_would_break_the_file_is_refused, enrolment_fixture) {
    answer_with("server_id = a b\napi_key = c\n");
    BOOST_TEST(exited(enroll_here(), 1));
    BOOST_TEST(!std::filesystem::exists(config()));
}

BOOST_FIXTURE_TEST_CASE(a_machine_enrolled_at_a_server_of_ours_delivers, machine) {
    self_hosted server;
    auto const ran = enroll(server.url(), server.ca_file(), server.user_key_file(), "default");
    BOOST_TEST(exited(ran, 0));
    BOOST_TEST(exited(agent({"check"}), 0));
    (void)here.write("opt/trafikito/available_commands.sh",
                     "trafikito_uptime=\"echo up\"\ntrafikito_mine=\"printf 'a\\\\tb'\"\n");
    BOOST_TEST(exited(agent({"--once"}), 0)); // tells the server what is available now
    BOOST_TEST(exited(agent({"--once"}), 0));
    auto const shown = server.run({"outputs", "test machine"});
    BOOST_TEST(exited(shown, 0));
    BOOST_TEST(has(shown.out, "trafikito_uptime <==\n| up\n"), shown.out);
    BOOST_TEST(has(shown.out, "trafikito_mine <==\n| a\tb\n"), shown.out);
    BOOST_TEST(exited(server.stop(), 0));
}

BOOST_FIXTURE_TEST_CASE(a_wrong_user_key_is_refused_by_a_server_of_ours, machine) {
    self_hosted server;
    auto const ran = enroll(server.url(), server.ca_file(),
                            here.write("key", "0123456789abcdef-wrong\n"), "default");
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(has(ran.err, "USER_API_KEY_IS_WRONG"), ran.err);
    BOOST_TEST(!std::filesystem::exists(config()));
}

BOOST_AUTO_TEST_CASE(an_agent_of_v1_delivers_to_a_server_of_ours) {
    self_hosted server;
    known_agent const who;
    BOOST_TEST(exited(server.run({"servers", "add", "--name", "old", "--server-id", who.server_id,
                                  "--api-key-file", "-"},
                                 who.api_key + "\n"),
                      0));
    installation there(who);
    there.write_config(writing::seeds, server.url());
    there.write_commands("trafikito_one=\"echo 1\"\n");
    there.environment["TRAFIKITO_CA_FILE"] = server.ca_file().string();
    there.environment["TRAFIKITO_INTERVAL"] = "1s";
    BOOST_TEST(exited(there.once(), 0)); // nothing is known of it yet: an empty order
    BOOST_TEST(exited(there.once(), 0));
    auto const shown = server.run({"outputs", "old", "--command", "one"});
    BOOST_TEST(has(shown.out, "trafikito_one <==\n| 1\n"), shown.out);
}

BOOST_AUTO_TEST_SUITE_END()
