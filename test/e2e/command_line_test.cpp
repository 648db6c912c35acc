// Suite command_line: check, --help, wrong calls, and --once twice.
#include "test/e2e/installation.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <regex>

using namespace trafikito::test;

namespace {

struct command_line_fixture : pair {
    command_line_fixture() : pair(2) {}

    [[nodiscard]] static finished agent(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), TRAFIKITO_AGENT);
        return trafikito::test::run(std::move(arguments), {"PATH=/usr/bin:/bin"});
    }
    [[nodiscard]] finished check() const { return there.run({"check"}); }
    [[nodiscard]] static bool has(std::string const& text, std::string const& part) {
        return text.find(part) != std::string::npos;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(command_line, command_line_fixture)

BOOST_AUTO_TEST_CASE(help_names_every_key_of_the_design) {
    auto const keys = agent({"--help-keys"});
    BOOST_TEST(exited(keys, 0));
    for (auto const* key :
         {"server_id",          "api_key",         "api_key_file",  "url_get_config",
          "url_output",         "api_url",         "api_version",   "base_dir",
          "available_commands", "tmp_file",        "var_dir",       "log_file",
          "random_number",      "run_as",          "interval",      "command_timeout",
          "cycle_timeout",      "kill_grace",      "max_parallel",  "max_output",
          "max_report",         "request_timeout", "retries",       "ca_file",
          "client_cert",        "client_key",      "pin",           "proxy",
          "no_proxy",           "spool_max_size",  "spool_max_age", "allow_widgets",
          "log_level",          "log_format",      "metrics_file"}) {
        BOOST_TEST(std::regex_search(keys.out, std::regex("\\b" + std::string(key) + "\\b")), key);
    }
    auto const help = agent({"--help"});
    BOOST_TEST(exited(help, 0));
    BOOST_TEST(!has(help.out, "cycle_timeout"));
    for (auto const* word :
         {"--config", "--once", "check", "enroll", "--version", "--help-keys", "why", "run"}) {
        BOOST_TEST(has(help.out, word), word);
    }
}

BOOST_AUTO_TEST_CASE(version_says_what_it_was_built_of) {
    auto const version = agent({"--version"});
    BOOST_TEST(exited(version, 0));
    std::regex const wanted("trafikito-agent [0-9.]+\n"
                            "commit ([0-9a-f]{12}\\+?|unknown), built by (g\\+\\+|clang) [0-9.]+\n"
                            "Boost 1\\.[0-9.]+, OpenSSL 3\\.[^\n]+\n");
    BOOST_TEST(std::regex_match(version.out, wanted), version.out);
}

BOOST_AUTO_TEST_CASE(a_wrong_call_is_exit_2_with_a_hint) {
    for (std::vector<std::string> const& words :
         {std::vector<std::string>{"--onc"}, {"--config"}, {"rum"}, {"enroll"}}) {
        auto const ran = agent(words);
        BOOST_TEST(exited(ran, 2));
        BOOST_TEST(has(ran.err, "--help"), ran.err);
        BOOST_TEST(ran.out == "");
    }
}

BOOST_AUTO_TEST_CASE(a_missing_configuration_is_exit_2_and_named) {
    for (auto const* mode : {"--once", "check"}) {
        auto const ran = agent({"--config", "/nonexistent/trafikito.cfg", mode});
        BOOST_TEST(exited(ran, 2));
        BOOST_TEST(has(ran.out + ran.err, "/nonexistent/trafikito.cfg: error:"), ran.err);
    }
}

BOOST_AUTO_TEST_CASE(a_limit_of_open_files_that_is_too_low_is_no_bug_of_ours) {
    there.write_config(writing::exported);
    there.environment["TRAFIKITO_API_URL"] = "https://127.0.0.1:1";
    auto const ran = run({"/bin/sh", "-c", R"(ulimit -n 7; exec "$0" --config "$1" --once)",
                          TRAFIKITO_AGENT, there.config().string()},
                         there.all_environment());
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(has(ran.err, "error: it may not open as many files as it needs"), ran.err);
    BOOST_TEST(has(ran.err, "LimitNOFILE="), ran.err);
}

BOOST_AUTO_TEST_CASE(check_of_a_good_installation_is_exit_0_and_changes_nothing) {
    for (auto const way : {writing::seeds, writing::exported}) {
        there.write_config(way);
        auto const before = there.listing();
        auto const checked = check();
        BOOST_TEST(exited(checked, 0));
        BOOST_TEST(has(checked.out, "2 commands"), checked.out);
        BOOST_TEST(there.listing() == before);
    }
    BOOST_TEST(api.requests().empty());
}

BOOST_AUTO_TEST_CASE(check_of_a_v1_installation_names_its_address) {
    there.environment.erase("TRAFIKITO_API_URL");
    there.write_config(writing::seeds, "https://api.trafikito.com");
    auto const checked = check();
    BOOST_TEST(exited(checked, 0));
    BOOST_TEST(has(checked.out, "https://api.trafikito.com/v1/agent/get"), checked.out);
}

BOOST_AUTO_TEST_CASE(check_names_line_and_column_of_a_broken_configuration) {
    there.write_config(writing::seeds, {}, "# fine\nmax_output = lots\n");
    auto const before = there.listing();
    auto const checked = check();
    BOOST_TEST(exited(checked, 2));
    BOOST_TEST(has(checked.out, there.config().string() + ":7:"), checked.out);
    BOOST_TEST(std::regex_search(checked.out, std::regex(":7:[0-9]+: error: ")), checked.out);
    BOOST_TEST(there.listing() == before);
    BOOST_TEST(exited(there.once(), 2)); // and it does not start with it
    BOOST_TEST(api.requests().empty());
}

BOOST_AUTO_TEST_CASE(check_names_line_and_column_of_a_broken_command) {
    commands("trafikito_one=\"echo 1\"\nthis is none\n");
    auto const checked = check();
    BOOST_TEST(exited(checked, 2));
    auto const file = (there.base() / "available_commands.sh").string();
    BOOST_TEST(has(checked.out, file + ":2:1: error: "), checked.out);
}

BOOST_AUTO_TEST_CASE(check_reports_all_that_is_wrong_at_once) {
    there.write_config(writing::seeds, {}, "max_output = lots\nretries = many\n");
    auto const checked = check();
    BOOST_TEST(has(checked.out, ":6:"), checked.out);
    BOOST_TEST(has(checked.out, ":7:"), checked.out);
    BOOST_TEST(has(checked.out, "2 errors"), checked.out);
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_a_warning_that_names_the_nearest) {
    there.write_config(writing::seeds, {}, "intervall = 5s\n");
    auto const checked = check();
    BOOST_TEST(exited(checked, 0));
    BOOST_TEST(std::regex_search(checked.out, std::regex(":6:1: warning: .*intervall")),
               checked.out);
    BOOST_TEST(std::regex_search(checked.out, std::regex("\\binterval\\b")), checked.out);
}

BOOST_AUTO_TEST_CASE(plain_http_to_elsewhere_is_exit_2) {
    there.environment["TRAFIKITO_API_URL"] = "http://192.0.2.1";
    for (auto const& ran : {there.once(), check()}) {
        BOOST_TEST(exited(ran, 2));
        BOOST_TEST(has(ran.out + ran.err, "https"), ran.err);
    }
}

BOOST_AUTO_TEST_CASE(once_twice_in_a_row_waits_and_says_so) {
    there.environment["TRAFIKITO_INTERVAL"] = "2s";
    BOOST_TEST(exited(there.once(), 0));
    auto const again = there.once();
    BOOST_TEST(exited(again, 0));
    BOOST_TEST(has(again.err, "waiting"), again.err);
    auto const apart = api.wait_for(v2_order, 2).at - api.wait_for(v2_order, 1).at;
    BOOST_TEST((apart >= std::chrono::milliseconds(1900)));
}

BOOST_AUTO_TEST_CASE(a_failed_question_counts_as_asked) {
    there.environment["TRAFIKITO_INTERVAL"] = "2s";
    there.environment["TRAFIKITO_RETRIES"] = "0";
    order({{"", 500}, {"tok uptime 55 0"}});
    BOOST_TEST(exited(there.once(), 1));
    auto const again = there.once();
    BOOST_TEST(exited(again, 0));
    BOOST_TEST(has(again.err, "waiting"), again.err);
}

BOOST_AUTO_TEST_CASE(a_relative_path_to_the_configuration_works) {
    std::string const script = "cd " + there.base().string() +
                               "/etc && exec " TRAFIKITO_AGENT
                               " --config ../etc/trafikito.cfg --once";
    BOOST_TEST(exited(trafikito::test::run({"/bin/sh", "-c", script}, there.all_environment()), 0));
    BOOST_TEST(reports() == 1U);
}

BOOST_AUTO_TEST_CASE(check_warns_of_a_dollar_that_the_command_will_not_see) {
    commands("trafikito_ok=\"awk '{print \\$5}' /proc/stat; echo $SITE\"\n"
             "trafikito_used=\"df -P / | awk '{print $5, $$6}'; echo $site\"\n");
    there.environment["TRAFIKITO_COMMAND_ENV"] = "SITE=here";
    auto const checked = check();
    BOOST_TEST(exited(checked, 0));
    auto const list = (there.base() / "available_commands.sh").string();
    for (auto const* found : {":2:39: warning: $5 does not", ":2:43: warning: $$ does not",
                              ":2:55: warning: $site is not set"}) {
        BOOST_TEST(has(checked.out, list + found), checked.out);
    }
    BOOST_TEST(!has(checked.out, ":1:"), checked.out);
}

BOOST_AUTO_TEST_CASE(test_says_why_a_script_written_on_windows_does_not_run) {
    auto const script = there.write("check.sh", "#!/bin/sh\r\necho hello\r\n");
    std::filesystem::permissions(script, std::filesystem::perms(0755));
    commands("trafikito_x=\"" + script.string() + "\"\n");
    auto const tested = there.run({"test"});
    BOOST_TEST(exited(tested, 1));
    BOOST_TEST(has(tested.out, script.string() + ": its #! line ends in a carriage return"),
               tested.out);
    order({{"tok x 55 0"}});
    auto const cycle = there.once();
    BOOST_TEST(exited(cycle, 0));
    BOOST_TEST(has(cycle.err, "trafikito_x: exit code 127: " + script.string()), cycle.err);
}

BOOST_AUTO_TEST_SUITE_END()
