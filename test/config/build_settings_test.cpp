#include "config/build_settings.hpp"

#include "config/key.hpp"
#include "settings_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace config = trafikito::config;
using namespace trafikito::config;
using namespace trafikito::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(build_settings)

BOOST_AUTO_TEST_CASE(an_identity_is_enough) {
    auto const built = sources_of{}.build();
    BOOST_TEST(built.diagnostics.empty(), all_of(built.diagnostics));
    auto const& s = built.settings;
    BOOST_TEST(s.who.server_id == "8a1d");
    BOOST_TEST(s.who.api_key.reveal() == "3f0c");
    BOOST_TEST((s.version == config::api_version::v2));
    std::vector<std::string> const edges{"https://ap-southeast-1.api.trafikito.com",
                                         "https://eu-west-1.api.trafikito.com",
                                         "https://us-east-1.api.trafikito.com"};
    BOOST_TEST(s.api_url == edges, boost::test_tools::per_element());
    BOOST_TEST(s.config_file == "/opt/trafikito/etc/trafikito.cfg");
    BOOST_TEST(s.dynamic_file == "/opt/trafikito/etc/trafikito.app");
    BOOST_TEST(s.base_dir == "/opt/trafikito");
    BOOST_TEST(s.available_commands == "/opt/trafikito/available_commands.sh");
    BOOST_TEST(s.var_dir == "/opt/trafikito/var");
    BOOST_TEST(s.tmp_file == "/opt/trafikito/var/trafikito.tmp");
    BOOST_TEST(s.log_file.empty());
    BOOST_TEST(!s.random_number.has_value());
    BOOST_TEST(s.run_as.empty());
    BOOST_TEST(s.ca_file.empty());
    BOOST_TEST(s.proxy.empty());
}

BOOST_AUTO_TEST_CASE(what_the_table_calls_the_default_is_what_holds) {
    std::string everything;
    for (auto const& one : keys()) {
        if (!one.default_value.empty()) {
            everything += std::string(one.name) + " = " + std::string(one.default_value) + '\n';
        }
    }
    auto const written = with(everything);
    BOOST_TEST(written.diagnostics.empty(), all_of(written.diagnostics));
    BOOST_TEST((written.settings == sources_of{}.build().settings));
}

BOOST_AUTO_TEST_CASE(every_key_lands_in_its_member) {
    auto const built =
        with("interval = 5m\ncommand_timeout = 11s\ncycle_timeout = 12s\nkill_grace = 3s\n"
             "max_parallel = 4\nmax_output = 2KiB\nmax_report = 2MiB\nrequest_timeout = 7s\n"
             "retries = 5\nca_file = /a/ca.pem\nclient_cert = c.pem\nclient_key = k.pem\n"
             "proxy = http://p:1\nno_proxy = .example\n"
             "pin = sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nspool_max_size = "
             "1MiB\nspool_max_age = 2h\n"
             "allow_widgets = yes\nlog_level = warning\nlog_format = json\n"
             "random_number = 17\nRUNAS = nobody\nlog_file = var/a.log\nmetrics_file = /m/x.prom\n"
             "api_url = https://one,https://two\nworkspace_id = w\n");
    BOOST_TEST(built.diagnostics.empty(), all_of(built.diagnostics));
    auto const& s = built.settings;
    BOOST_TEST((s.interval == 5min));
    BOOST_TEST((s.command_timeout == 11s));
    BOOST_TEST((s.cycle_timeout == 12s));
    BOOST_TEST((s.kill_grace == 3s));
    BOOST_TEST(s.max_parallel == 4U);
    BOOST_TEST(s.max_output == 2048U);
    BOOST_TEST(s.max_report == 2U * 1024 * 1024);
    BOOST_TEST((s.request_timeout == 7s));
    BOOST_TEST(s.retries == 5U);
    BOOST_TEST(s.ca_file == "/a/ca.pem");
    BOOST_TEST(s.client_cert == "/opt/trafikito/c.pem");
    BOOST_TEST(s.client_key == "/opt/trafikito/k.pem");
    BOOST_TEST(s.proxy.reveal() == "http://p:1");
    BOOST_TEST(s.no_proxy == ".example");
    BOOST_TEST(s.pin == "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    BOOST_TEST(s.spool_max_size == 1024U * 1024);
    BOOST_TEST((s.spool_max_age == 2h));
    BOOST_TEST(s.allow_widgets);
    BOOST_TEST((s.level == config::log_level::warning));
    BOOST_TEST((s.format == config::log_format::json));
    BOOST_TEST((s.random_number == 17s));
    BOOST_TEST(s.run_as == "nobody");
    BOOST_TEST(s.log_file == "/opt/trafikito/var/a.log");
    BOOST_TEST(s.metrics_file == "/m/x.prom");
    BOOST_TEST(s.api_url == (std::vector<std::string>{"https://one", "https://two"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_choice_lands_on_its_enumerator) {
    BOOST_TEST((with("log_level = debug").settings.level == config::log_level::debug));
    BOOST_TEST((with("log_level = info").settings.level == config::log_level::info));
    BOOST_TEST((with("log_level = WARNING").settings.level == config::log_level::warning));
    BOOST_TEST((with("log_level = error").settings.level == config::log_level::error));
    BOOST_TEST((with("log_format = text").settings.format == config::log_format::text));
    BOOST_TEST((with("log_format = json").settings.format == config::log_format::json));
}

BOOST_AUTO_TEST_CASE(environment_beats_app_beats_cfg) {
    sources_of sources;
    sources.cfg += "interval = 61s\nretries = 1\nkill_grace = 1s\n";
    sources.app = "interval = 62s\nretries = 2\n";
    sources.environment = {"TRAFIKITO_INTERVAL=63s", "PATH=/bin", "TRAFIKITO_RUNAS=me"};
    auto const built = sources.build();
    BOOST_TEST(built.diagnostics.empty(), all_of(built.diagnostics));
    BOOST_TEST((built.settings.interval == 63s));
    BOOST_TEST(built.settings.retries == 2U);
    BOOST_TEST((built.settings.kill_grace == 1s));
    BOOST_TEST(built.settings.run_as == "me");
}

BOOST_AUTO_TEST_CASE(an_empty_value_counts_as_not_set) {
    auto const built =
        with("interval =\nexport RUNAS=\"\"\nlog_file = ''\n", {"TRAFIKITO_RETRIES="});
    BOOST_TEST(built.diagnostics.empty(), all_of(built.diagnostics));
    BOOST_TEST((built.settings.interval == 60s));
    BOOST_TEST(built.settings.retries == 3U);
    BOOST_TEST(built.settings.log_file.empty());

    auto const kept = with("interval = 61s\n", {"TRAFIKITO_INTERVAL="});
    BOOST_TEST((kept.settings.interval == 61s));
}

BOOST_AUTO_TEST_CASE(a_dash_is_stdout_for_the_log_and_a_name_for_everything_else) {
    BOOST_TEST(with("log_file = -\n").settings.log_file == "-");
    BOOST_TEST(with("", {"TRAFIKITO_LOG_FILE=-"}).settings.log_file == "-");
    BOOST_TEST(with("tmp_file = -\n").settings.tmp_file == "/opt/trafikito/-");
}

BOOST_AUTO_TEST_CASE(a_static_key_in_app_is_an_error_there) {
    sources_of sources;
    sources.app = "interval = 61s\n  api_url = https://h\n";
    auto const built = sources.build();
    BOOST_TEST(!built.ok());
    BOOST_REQUIRE_EQUAL(built.diagnostics.size(), 1U);
    BOOST_TEST(built.diagnostics[0].format().starts_with(
        "/opt/trafikito/etc/trafikito.app:2:3: error: api_url may only stand in trafikito.cfg\n"));
    BOOST_TEST(built.settings.api_url.size() == 3U);
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_a_warning_with_the_nearest_name) {
    auto const built =
        with("intervall = 5s\n", {"TRAFIKITO_INTERVALL=5s", "TRAFIKITO_COLOUR_OF_SKY=x"});
    BOOST_TEST(built.ok());
    BOOST_TEST(all_of(built.diagnostics) ==
               "/opt/trafikito/etc/trafikito.cfg:3:1: warning: unknown key \"intervall\"; it has "
               "no effect\n"
               "    Did you mean interval?\n"
               "TRAFIKITO_INTERVALL: warning: unknown key \"intervall\"; it has no effect\n"
               "    Did you mean interval?\n"
               "TRAFIKITO_COLOUR_OF_SKY: warning: unknown key \"colour_of_sky\"; it has no effect\n"
               "    `trafikito-agent --help-keys` lists the keys.\n");
}

BOOST_AUTO_TEST_CASE(what_the_shell_agents_installer_wrote_for_itself_is_no_mistake) {
    auto const built = with("export USER_API_KEY=\"u\"\nexport SERVER_NAME=\"web\"\n", {});
    BOOST_TEST(all_of(built.diagnostics) == "");
}

BOOST_AUTO_TEST_CASE(a_file_of_unknown_keys_does_not_become_a_report_of_them) {
    std::string lines;
    for (int i = 0; i < 50'000; ++i) {
        lines += "odd_" + std::to_string(i) + " = 1\n";
    }
    auto const built = with(lines);
    BOOST_TEST(built.ok());
    BOOST_TEST(built.diagnostics.size() == max_diagnostics + 1);
    BOOST_TEST(built.diagnostics.back().what == "49900 more problems are not shown");
}

BOOST_AUTO_TEST_CASE(a_bad_value_is_an_error_at_its_place_and_the_hint_says_what_fits) {
    auto const built = with("interval = 0\n");
    BOOST_TEST(!built.ok());
    BOOST_TEST(all_of(built.diagnostics) == "/opt/trafikito/etc/trafikito.cfg:3:12: error: "
                                            "interval must be between 1s and 24h, not \"0\"\n"
                                            "    interval takes a duration from 1s to 24h.\n");
    auto const variable = with("", {"TRAFIKITO_INTERVAL=0"});
    BOOST_TEST(
        all_of(variable.diagnostics)
            .starts_with(
                "TRAFIKITO_INTERVAL: error: interval must be between 1s and 24h, not \"0\"\n"));
}

BOOST_AUTO_TEST_CASE(every_type_refuses_what_it_does_not_take) {
    for (auto const* const line :
         {"interval = soon", "max_output = 1MB", "retries = -1", "retries = 21", "max_parallel = 0",
          "allow_widgets = maybe", "log_level = loud", "log_format = xml", "api_version = 3",
          "run_as = a b", "url_output = ftp://h", "api_url = http://example.org", "proxy = ftp://p",
          "pin = sha256/short", "pin = sha1/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
          "random_number = x", "kill_grace = 2h", "max_report = 0", "spool_max_age = 0"}) {
        auto const built = with(std::string(line) + '\n');
        BOOST_TEST(!built.ok(), line);
        BOOST_TEST(built.diagnostics.front().line == 3U, line);
        BOOST_TEST(built.diagnostics.front().hint.find(" takes ") != std::string::npos, line);
    }
}

BOOST_AUTO_TEST_CASE(a_bad_value_that_is_overridden_does_no_harm) {
    BOOST_TEST(with("interval = soon\n", {"TRAFIKITO_INTERVAL=5s"}).ok());
}

BOOST_AUTO_TEST_CASE(diagnostics_of_both_files_are_passed_on) {
    sources_of sources;
    sources.cfg += "what is this\n";
    sources.app = "retries = \"2\n";
    auto const built = sources.build();
    BOOST_TEST(!built.ok());
    BOOST_REQUIRE_EQUAL(built.diagnostics.size(), 2U);
    BOOST_TEST(built.diagnostics[0].file == "/opt/trafikito/etc/trafikito.cfg");
    BOOST_TEST(built.diagnostics[1].file == "/opt/trafikito/etc/trafikito.app");
}

BOOST_AUTO_TEST_CASE(paths_follow_from_the_place_of_the_configuration) {
    sources_of sources;
    sources.file = "/etc/trafikito/web/trafikito.cfg";
    sources.cfg = "server_id = 8a1d\napi_key_file = key\n";
    auto const found = sources.build().settings;
    BOOST_TEST(found.available_commands == "/etc/trafikito/web/available_commands.sh");
    BOOST_TEST(found.tmp_file == "/var/lib/trafikito.web/trafikito.tmp");
    BOOST_TEST(found.api_key_file == "/etc/trafikito/web/key");

    sources.cfg += "base_dir = /srv/t\n"; // then all of it is there
    BOOST_TEST(sources.build().settings.var_dir == "/srv/t/var");
}

BOOST_AUTO_TEST_CASE(relative_paths_start_at_base_dir) {
    auto const built =
        with("base_dir = /srv/t/\navailable_commands = lists/a.sh\ntmp_file = ../x.tmp\n"
             "ca_file = ./ca.pem\n");
    BOOST_TEST(built.diagnostics.empty());
    BOOST_TEST(built.settings.base_dir == "/srv/t");
    BOOST_TEST(built.settings.var_dir == "/srv/t/var");
    BOOST_TEST(built.settings.available_commands == "/srv/t/lists/a.sh");
    BOOST_TEST(built.settings.tmp_file == "/srv/x.tmp");
    BOOST_TEST(built.settings.ca_file == "/srv/t/ca.pem");
    BOOST_TEST(with("base_dir = sub\n").settings.base_dir == "/opt/trafikito/sub");
    BOOST_TEST(with("base_dir = /\n").settings.base_dir == "/");
}

BOOST_AUTO_TEST_CASE(metrics_have_a_name_that_the_collector_reads) {
    auto const read = with("metrics_file = var/trafikito.prom\n");
    BOOST_TEST(read.diagnostics.empty());
    BOOST_TEST(read.settings.metrics_file == "/opt/trafikito/var/trafikito.prom");
    auto const other = with("metrics_file = /var/lib/metrics.txt\n");
    BOOST_TEST(other.ok());
    BOOST_REQUIRE_EQUAL(other.diagnostics.size(), 1U);
    BOOST_TEST(other.diagnostics[0].what.find("does not end in .prom") != std::string::npos);
    BOOST_TEST(other.diagnostics[0].hint == "Call it metrics.prom.");
}

BOOST_AUTO_TEST_CASE(tmp_file_follows_var_dir) {
    auto const built = with("var_dir = /var/lib/trafikito\n");
    BOOST_TEST(built.settings.tmp_file == "/var/lib/trafikito/trafikito.tmp");
}

BOOST_AUTO_TEST_CASE(random_number_is_in_whole_seconds) {
    BOOST_TEST((with("random_number = 0\n").settings.random_number == 0s));
    BOOST_TEST((with("random_number = 2m\n").settings.random_number == 120s));
    BOOST_TEST((with("random_number = 1999ms\n").settings.random_number == 1s));
}

BOOST_AUTO_TEST_CASE(the_proxy_may_come_from_https_proxy) {
    BOOST_TEST(with("", {"https_proxy=http://p:1"}).settings.proxy.reveal() == "http://p:1");
    BOOST_TEST(with("", {"HTTPS_PROXY=http://P:1"}).settings.proxy.reveal() == "http://P:1");
    BOOST_TEST(
        with("", {"https_proxy=http://p:1", "HTTPS_PROXY=http://P:1"}).settings.proxy.reveal() ==
        "http://p:1");
    BOOST_TEST(with("proxy = http://own:1\n", {"https_proxy=http://p:1"}).settings.proxy.reveal() ==
               "http://own:1");
    BOOST_TEST(with("proxy = none\n", {"https_proxy=http://p:1"}).settings.proxy.empty());
    BOOST_TEST(with("", {"http_proxy=http://p:1"}).settings.proxy.empty());
}

BOOST_AUTO_TEST_CASE(no_proxy_may_come_from_the_environment) {
    BOOST_TEST(with("", {"no_proxy=.a,10.0.0.0/8"}).settings.no_proxy == ".a,10.0.0.0/8");
    BOOST_TEST(with("", {"NO_PROXY=.b", "no_proxy=.a"}).settings.no_proxy == ".a");
    BOOST_TEST(with("no_proxy = .c\n", {"no_proxy=.a"}).settings.no_proxy == ".c");
}

BOOST_AUTO_TEST_CASE(an_https_proxy_of_no_use_is_only_a_warning) {
    auto const built = with("", {"https_proxy=socks5://hunter2:1"});
    BOOST_TEST(built.ok());
    BOOST_REQUIRE_EQUAL(built.diagnostics.size(), 1U);
    BOOST_TEST(built.diagnostics[0].file == "https_proxy");
    BOOST_TEST(built.settings.proxy.empty());
}

BOOST_AUTO_TEST_CASE(the_default_hides_no_written_address) {
    BOOST_TEST(with("api_url = http://127.0.0.1:8080/\n").settings.api_url ==
                   std::vector<std::string>{"http://127.0.0.1:8080"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(strict_modes_are_switched_off_by_cfg_or_environment_alone) {
    BOOST_TEST(with("").settings.strict_modes);
    auto const written = with("strict_modes = no\n").settings;
    BOOST_TEST(!written.strict_modes);
    BOOST_TEST(!written.strict_modes_of_environment);
    auto const passed = with("", {"TRAFIKITO_STRICT_MODES=no"}).settings;
    BOOST_TEST(!passed.strict_modes);
    BOOST_TEST(passed.strict_modes_of_environment);
    BOOST_TEST(with("strict_modes = no\n", {"TRAFIKITO_STRICT_MODES=yes"}).settings.strict_modes);
    sources_of tunables;
    tunables.app = "strict_modes = no\n";
    BOOST_TEST(has_errors(tunables.build().diagnostics));
}

BOOST_AUTO_TEST_SUITE_END()
