// Suite secrets: where the API key must never be seen.
#include "test/e2e/installation.hpp"

#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <unistd.h>

using namespace trafikito::test;

namespace {

struct secrets_fixture : pair {
    secrets_fixture() : pair(2) { there.environment["TRAFIKITO_LOG_LEVEL"] = "debug"; }

    [[nodiscard]] bool shows_key(std::string const& text) const {
        return text.find(api.who().api_key) != std::string::npos;
    }

    /// Files below the installation that hold the key, the configuration not counted.
    [[nodiscard]] std::string files_with_key() const {
        std::string found;
        for (auto const& entry : std::filesystem::recursive_directory_iterator(there.base())) {
            if (entry.is_regular_file() && entry.path() != there.config() &&
                shows_key(read_file(entry.path()))) {
                found += entry.path().string() + " ";
            }
        }
        return found;
    }

    /// What three cycles (good, failed, refused) log at debug.
    std::string log_of_three_cycles() {
        auto const& key = api.who().api_key;
        order({{"tok-secret uptime 55 0"},
               {R"({"error":{"code":"#1","message":"WRONG_KEY )" + key + R"("}})"},
               {"tok-secret uptime 55 0"}});
        api.answers(v2_output, {{"OK"}, {"you sent " + key, 403}});
        std::string all;
        for (int code : {0, 1, 1}) {
            auto const ran = there.once();
            BOOST_TEST(exited(ran, code));
            all += ran.out + ran.err;
        }
        return all;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(secrets, secrets_fixture)

BOOST_AUTO_TEST_CASE(no_line_of_the_log_shows_the_key) {
    auto const log = log_of_three_cycles();
    BOOST_TEST(log.find("debug") != std::string::npos);
    BOOST_TEST(!shows_key(log), log);
}

BOOST_AUTO_TEST_CASE(the_call_token_is_not_logged_above_debug) {
    there.environment["TRAFIKITO_LOG_LEVEL"] = "info";
    BOOST_TEST(log_of_three_cycles().find("tok-secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_that_comes_back_in_other_words_is_shown_nowhere) {
    // The key of known_agent, in parts that no form of it has.
    constexpr std::string_view parts[] = {"that-must", "that%2Dmust", "dGhhdC1tdXN0", "oYXQtbXVz",
                                          "aGF0LW11c3"};
    std::string encoded;
    for (char const c : api.who().api_key) {
        encoded += c == '-' ? "%2d" : std::string(1, c);
    }
    there.environment["TRAFIKITO_RETRIES"] = "0";
    std::vector<answer> const script{
        {"moved", 302, false, "https://other.example/a/" + encoded + "/b"},
        {"moved", 307, false, "/" + api.who().api_key},
        // base64 of it, and of the same behind `u:`
        {"no entry for M2YwYzliN2Uta2V5LXRoYXQtbXVzdC1zdGF5LXNlY3JldA== here", 403},
        {"no entry for dTozZjBjOWI3ZS1rZXktdGhhdC1tdXN0LXN0YXktc2VjcmV0 here", 403},
        {R"({"error":{"code":"#1","message":")" + encoded + R"("}})", 403}};
    order({{"tok-secret uptime 55 0"}});
    api.answers(v2_output, {{"no place for " + encoded, 403}});
    auto const refused = there.once();
    BOOST_TEST(exited(refused, 1));
    auto all = refused.out + refused.err;
    for (auto const& one : script) {
        order({one});
        auto const ran = there.once();
        BOOST_TEST(exited(ran, 1));
        all += ran.out + ran.err;
    }
    for (auto const& told : api.requests(v2_feedback)) {
        all += told.field("message") + told.field("details");
    }
    all += read_file(there.base() / "var/audit.log");
    for (auto const part : parts) {
        BOOST_TEST(all.find(part) == std::string::npos, part << " in " << all);
    }
    BOOST_TEST(all.find("it has moved to https://other.example/a/…/b") != std::string::npos, all);
}

BOOST_AUTO_TEST_CASE(the_query_of_an_address_is_not_shown_by_check) {
    for (std::string const scheme : {"https", "ftp"}) {
        there.write_config(writing::seeds, {},
                           "url_output = https://127.0.0.1/out\nurl_get_config = " + scheme +
                               "://127.0.0.1/get?id=a-key-0815\n");
        auto const checked = there.run({"check"});
        BOOST_TEST((checked.out + checked.err).find("0815") == std::string::npos, checked.out);
    }
}

BOOST_AUTO_TEST_CASE(a_key_that_was_in_force_before_a_reload_stays_hidden) {
    there.environment["TRAFIKITO_INTERVAL"] = "60s";
    auto const key = api.who().api_key;
    there.write_config(writing::seeds, {}, "command_env = TOKEN=first-token-1\n");
    auto const daemon = there.daemon();
    (void)report();
    there.write_config(writing::seeds, {}, "command_env = TOKEN=second-token-2\n");
    daemon->signal(SIGHUP);
    BOOST_TEST(daemon->wrote("configuration read again"));
    (void)there.write("var/STOP", "by first-token-1, second-token-2 and " + key + "\n");
    auto const status = there.run({"status"}); // another process: it knows what is in force
    BOOST_TEST(status.out.find("second-token-2") == std::string::npos, status.out);
    BOOST_TEST(!shows_key(status.out), status.out);
    daemon->signal(SIGTERM);
    (void)daemon->wait();
}

BOOST_AUTO_TEST_CASE(no_file_but_the_configuration_holds_the_key) {
    (void)log_of_three_cycles();
    BOOST_TEST(files_with_key() == "");
}

BOOST_AUTO_TEST_CASE(no_process_shows_the_key) {
    there.environment["TRAFIKITO_INTERVAL"] = "60s";
    there.environment["TRAFIKITO_API_KEY"] = api.who().api_key; // as in a container
    commands("trafikito_uptime=\"echo > $BASEDIR/var/begun; sleep 1000 | cat\"\n");
    auto const daemon = there.daemon();
    BOOST_REQUIRE(eventually([&] { return std::filesystem::exists(there.base() / "var/begun"); }));
    auto const children = descendants_of(daemon->pid());
    BOOST_TEST(!children.empty());
    for (pid_t const child : children) {
        BOOST_TEST(!proc_file(child, "environ").empty());
        for (auto const* file : {"cmdline", "environ"}) {
            BOOST_TEST(!shows_key(proc_file(child, file)), file << " of " << child);
        }
    }
    BOOST_TEST(!shows_key(proc_file(daemon->pid(), "cmdline")));
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_CASE(a_command_finds_only_the_clean_environment) {
    there.environment["TRAFIKITO_API_KEY"] = api.who().api_key;
    there.environment["SOMETHING_ELSE"] = "inherited";
    commands("trafikito_uptime=\"env; ls /proc/self/fd\"\n");
    BOOST_TEST(exited(there.once(), 0));
    auto const sent = report().report;
    BOOST_TEST(!shows_key(sent), sent);
    BOOST_TEST(sent.find("TRAFIKITO_") == std::string::npos, sent);
    BOOST_TEST(sent.find("SOMETHING_ELSE") == std::string::npos, sent);
    BOOST_TEST(sent.find("PATH=/usr/sbin:/usr/bin:/sbin:/bin\n") != std::string::npos, sent);
    BOOST_TEST(sent.find("BASEDIR=" + there.base().string() + "\n") != std::string::npos, sent);
    BOOST_TEST(sent.find("\n0\n1\n2\n3\n*-*") != std::string::npos, sent); // 3 is ls's own
}

BOOST_AUTO_TEST_CASE(a_command_of_the_same_user_cannot_look_into_the_agent,
                     *boost::unit_test::precondition([](auto) { return ::geteuid() == 0; })) {
    // To root everything is open, so this needs a user that root can become.
    there.environment["TRAFIKITO_RUNAS"] = "nobody";
    there.environment["TRAFIKITO_API_KEY"] = api.who().api_key;
    std::filesystem::permissions(there.base(), std::filesystem::perms(0755));
    std::filesystem::permissions(there.base() / "var", std::filesystem::perms::all);
    commands("trafikito_uptime=\"id -un; cat /proc/\\$PPID/environ\"\n");
    BOOST_TEST(exited(there.once(), 0));
    auto const sent = report().report;
    BOOST_TEST(sent.find("nobody\n") != std::string::npos, sent);
    BOOST_TEST(!shows_key(sent));
    BOOST_TEST(sent.find("Permission denied") != std::string::npos, sent);
}

BOOST_AUTO_TEST_CASE(a_broken_configuration_does_not_print_the_key) {
    for (std::string const& line :
         {"api_key = " + api.who().api_key + " and more\n", "api_key: " + api.who().api_key + "\n",
          "export API_KEY='" + api.who().api_key + "\n", "apikey = " + api.who().api_key + "\n"}) {
        there.write_config(writing::seeds, {}, line);
        auto const checked = there.run({"check"});
        BOOST_TEST(!shows_key(checked.out + checked.err), checked.out);
    }
}

BOOST_AUTO_TEST_CASE(the_key_may_come_from_a_file_of_its_own) {
    auto const file = there.write("secret", api.who().api_key + "\n");
    there.environment["TRAFIKITO_API_KEY_FILE"] = file.string();
    (void)there.write("etc/trafikito.cfg", "server_id = " + api.who().server_id + "\n");
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(reports() == 1U);
}

BOOST_AUTO_TEST_CASE(files_of_the_agent_are_not_for_everybody) {
    BOOST_TEST(exited(there.once(), 0));
    using std::filesystem::perms;
    for (auto const* name : {"var/trafikito.state", "var/audit.log", "var/spool"}) {
        auto const mode = std::filesystem::status(there.base() / name).permissions();
        BOOST_TEST(((mode & perms::others_all) == perms::none), name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
