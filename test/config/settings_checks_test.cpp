#include "config/build_settings.hpp"

#include "config/key.hpp"
#include "settings_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace config = trafikito::config;
using namespace trafikito::config;
using namespace trafikito::test;
using namespace std::chrono_literals;

namespace {

bool says(built_settings const& built, std::string_view what) {
    return all_of(built.diagnostics).find(what) != std::string::npos;
}

built_settings with_key_file(std::string const& content, std::string const& more = {}) {
    auto sources = sources_of{.cfg = "server_id = 8a1d\napi_key_file = /run/key\n" + more}.parse();
    sources.api_key_file_content = content;
    return config::build_settings(sources);
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_checks)

BOOST_AUTO_TEST_CASE(missing_identity_is_an_error_with_a_way_out) {
    auto const built = sources_of{.cfg = ""}.build();
    BOOST_TEST(!built.ok());
    BOOST_REQUIRE_EQUAL(built.diagnostics.size(), 2U);
    BOOST_TEST(built.diagnostics[0].format().starts_with(
        "/opt/trafikito/etc/trafikito.cfg: error: server_id is missing"));
    BOOST_TEST(built.diagnostics[0].hint.find("enroll") != std::string::npos);
    BOOST_TEST(built.diagnostics[1].what.starts_with("api_key is missing"));
    BOOST_TEST(built.diagnostics[1].hint.find("TRAFIKITO_API_KEY") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_identity_may_come_from_the_environment) {
    auto const built = sources_of{.cfg = "",
                                  .app = {},
                                  .environment = {"TRAFIKITO_SERVER_ID=s", "TRAFIKITO_API_KEY=k"}}
                           .build();
    BOOST_TEST(built.diagnostics.empty());
    BOOST_TEST(built.settings.who.server_id == "s");
    BOOST_TEST(built.settings.who.api_key.reveal() == "k");
}

BOOST_AUTO_TEST_CASE(a_broken_identity_is_not_called_missing) {
    auto const built = sources_of{.cfg = "server_id = {{SERVER_ID}}\napi_key = \"k\n"}.build();
    BOOST_TEST(built.diagnostics.size() == 2U);
    BOOST_TEST(!says(built, "missing"), all_of(built.diagnostics));
}

BOOST_AUTO_TEST_CASE(identity_is_printable_ascii_without_blanks) {
    for (auto const* const bad : {"hunt er2", "hunter\xC3\xA9", "hunt\ter2"}) {
        auto const built =
            sources_of{.cfg = "server_id = s\napi_key = \"" + std::string(bad) + "\"\n"}.build();
        BOOST_TEST(!built.ok(), bad);
        BOOST_TEST(says(built, "api_key holds a "), all_of(built.diagnostics));
        BOOST_TEST(!says(built, "hunt"), all_of(built.diagnostics));
        BOOST_TEST(!sources_of{.cfg = "api_key = k\nserver_id = \"" + std::string(bad) + "\"\n"}
                        .build()
                        .ok());
    }
    BOOST_TEST(!with("", {"TRAFIKITO_API_KEY=k\r\nX-Evil: 1"}).ok());
}

BOOST_AUTO_TEST_CASE(identity_has_at_most_256_characters) {
    BOOST_TEST(with("", {"TRAFIKITO_API_KEY=" + std::string(256, 'k')}).ok());
    auto const built = with("", {"TRAFIKITO_API_KEY=" + std::string(257, 'k')});
    BOOST_TEST(says(built, "TRAFIKITO_API_KEY: error: api_key is longer than 256 characters"));
}

BOOST_AUTO_TEST_CASE(the_key_may_come_from_a_file) {
    for (auto const* const content : {"3f0c", "3f0c\n", "3f0c\r\n", "3f0c\n\n"}) {
        auto const built = with_key_file(content);
        BOOST_TEST(built.diagnostics.empty(), all_of(built.diagnostics));
        BOOST_TEST(built.settings.who.api_key.reveal() == "3f0c");
        BOOST_TEST(built.settings.api_key_file == "/run/key");
    }
}

BOOST_AUTO_TEST_CASE(a_key_file_holds_nothing_but_the_key) {
    for (auto const* const content :
         {"", "\n", "api_key = hunter2", "hunter2\nhunter2\n", " hunter2"}) {
        auto const built = with_key_file(content);
        BOOST_TEST(!built.ok(), content);
        BOOST_TEST(says(built, "trafikito.cfg:2:16: error: api_key_file \"/run/key\" "),
                   all_of(built.diagnostics));
        BOOST_TEST(!says(built, "hunter2"));
    }
}

BOOST_AUTO_TEST_CASE(a_key_file_that_was_not_read_is_an_error) {
    auto sources = sources_of{.cfg = "server_id = s\napi_key_file = key\n"}.parse();
    sources.api_key_file_problem = "cannot be read: No such file or directory";
    BOOST_TEST(
        says(config::build_settings(sources),
             "api_key_file \"/opt/trafikito/key\" cannot be read: No such file or directory"));
}

BOOST_AUTO_TEST_CASE(key_and_key_file_in_one_place_contradict_each_other) {
    BOOST_TEST(says(with_key_file("k", "api_key = k\n"), "api_key and api_key_file are both set"));
    BOOST_TEST(says(with("", {"TRAFIKITO_API_KEY=k", "TRAFIKITO_API_KEY_FILE=/k"}), "both set"));
}

BOOST_AUTO_TEST_CASE(the_environment_decides_between_key_and_key_file) {
    auto const key = sources_of{.cfg = "server_id = s\napi_key_file = /run/key\n",
                                .app = {},
                                .environment = {"TRAFIKITO_API_KEY=k"}};
    BOOST_TEST(!api_key_file_of(key.parse()).has_value());
    auto const built = key.build();
    BOOST_TEST(built.diagnostics.empty(), all_of(built.diagnostics));
    BOOST_TEST(built.settings.who.api_key.reveal() == "k");
    BOOST_TEST(built.settings.api_key_file.empty());

    auto file = sources_of{};
    file.environment = {"TRAFIKITO_API_KEY_FILE=/run/key"};
    auto sources = file.parse();
    BOOST_TEST(api_key_file_of(sources).value() == "/run/key");
    sources.api_key_file_content = "f\n";
    BOOST_TEST(config::build_settings(sources).settings.who.api_key.reveal() == "f");
}

BOOST_AUTO_TEST_CASE(names_the_key_file_below_base_dir) {
    auto const sources = sources_of{.cfg = "base_dir = /srv\napi_key_file = etc/key\n"}.parse();
    BOOST_TEST(api_key_file_of(sources).value() == "/srv/etc/key");
    BOOST_TEST(!api_key_file_of(sources_of{}.parse()).has_value());
}

BOOST_AUTO_TEST_CASE(no_diagnostic_shows_a_secret) {
    std::string const line_ends[] = {" = hunter2 hunter2", "=\"hunter2",     "=hunter2$X",
                                     " = {{hunter2}}",     " hunter2",       " = \"hunter2\"x",
                                     "=hunter2 hunter2",   " = hunter2\xff", "=hunter2 # ok\n"};
    for (auto const& key : keys()) {
        if (!key.is_secret()) {
            continue;
        }
        for (auto const& end : line_ends) {
            auto const built = sources_of{.cfg = "server_id = s\n" + std::string(key.name) + end +
                                                 "\n" + std::string(key.name) + end}
                                   .build();
            BOOST_TEST(!built.diagnostics.empty(), key.name << end);
            BOOST_TEST(!says(built, "hunter2"), all_of(built.diagnostics));
        }
    }
}

constexpr auto* v1_lines =
    "url_get_config = https://h/v1/agent/get\nurl_output = https://h/v1/agent/output\n";

BOOST_AUTO_TEST_CASE(version_1_holds_when_both_addresses_are_set_and_api_url_is_not) {
    auto const built = with(v1_lines);
    BOOST_TEST(built.diagnostics.empty());
    BOOST_TEST((built.settings.version == config::api_version::v1));
    BOOST_TEST(built.settings.url_get_config == "https://h/v1/agent/get");
    BOOST_TEST(built.settings.url_output == "https://h/v1/agent/output");
    BOOST_TEST((with(std::string(v1_lines) + "api_url = https://h\n").settings.version ==
                config::api_version::v2));
}

BOOST_AUTO_TEST_CASE(api_version_decides_when_it_is_set) {
    BOOST_TEST((with(std::string(v1_lines) + "api_version = 2\n").settings.version ==
                config::api_version::v2));
    auto const one = with(std::string(v1_lines) + "api_url = https://h\napi_version = 1\n");
    BOOST_TEST((one.settings.version == config::api_version::v1));
    BOOST_TEST(one.diagnostics.empty());
}

BOOST_AUTO_TEST_CASE(version_1_with_an_address_missing_is_an_error) {
    auto const one = with("api_version = 1\nurl_output = https://h/o\n");
    BOOST_TEST(!one.ok());
    BOOST_TEST(one.diagnostics.size() == 1U);
    BOOST_TEST(says(one, "url_get_config is missing"));
    auto const both = with("api_version = 1\n");
    BOOST_TEST(both.diagnostics.size() == 2U);
    BOOST_TEST(says(both, "url_get_config is missing"));
    BOOST_TEST(says(both, "url_output is missing"));
}

BOOST_AUTO_TEST_CASE(half_of_version_1_does_not_send_the_key_to_the_default_edges) {
    BOOST_TEST(says(with("url_get_config = https://h/g\n"), "url_output is missing"));
    BOOST_TEST(says(with("url_output = https://h/o\n"), "url_get_config is missing"));
    BOOST_TEST(with("url_output = https://h/o\napi_version = 2\n").ok());
    BOOST_TEST(with("url_output = https://h/o\napi_url = https://h\n").ok());
}

BOOST_AUTO_TEST_CASE(defaults_of_the_time_outs_give_way_to_a_short_interval) {
    auto const built = with("interval = 5s\n");
    BOOST_TEST(built.diagnostics.empty());
    BOOST_TEST((built.settings.cycle_timeout == 4s));
    BOOST_TEST((built.settings.command_timeout == 4s));
    auto const least = with("interval = 1s\n");
    BOOST_TEST((least.settings.cycle_timeout < 1s));
    BOOST_TEST((least.settings.cycle_timeout > 500ms));
    BOOST_TEST((with("interval = 1h\n").settings.cycle_timeout == 50s));
    BOOST_TEST((with("cycle_timeout = 10s\n").settings.command_timeout == 10s));
}

BOOST_AUTO_TEST_CASE(a_cycle_that_may_outlast_the_interval_is_a_warning) {
    auto const built = with("cycle_timeout = 60s\n");
    BOOST_TEST(built.ok());
    BOOST_TEST(
        says(built, "trafikito.cfg:3:17: warning: cycle_timeout (1m) is not below interval (1m)"));
    BOOST_TEST((built.settings.cycle_timeout == 60s));
    BOOST_TEST(with("cycle_timeout = 59s\n").diagnostics.empty());
    BOOST_TEST(with("cycle_timeout = 60s\ninterval = 61s\n").diagnostics.empty());
}

BOOST_AUTO_TEST_CASE(a_command_that_may_outlast_the_cycle_is_a_warning) {
    auto const built = with("command_timeout = 51s\n");
    BOOST_TEST(built.ok());
    BOOST_TEST(says(built, "warning: command_timeout (51s) is above cycle_timeout (50s)"));
    BOOST_TEST(with("command_timeout = 50s\n").diagnostics.empty());
    BOOST_TEST(says(with("command_timeout = 5s\ninterval = 5s\n"), "command_timeout (5s)"));
}

BOOST_AUTO_TEST_CASE(an_output_that_fits_in_no_report_is_a_warning) {
    BOOST_TEST(
        says(with("max_output = 9MiB\n"), "warning: max_output (9MiB) is above max_report (8MiB)"));
    BOOST_TEST(with("max_output = 8MiB\n").diagnostics.empty());
    BOOST_TEST(with("max_report = 64KiB\n").diagnostics.empty());
}

BOOST_AUTO_TEST_CASE(a_client_certificate_needs_its_key) {
    BOOST_TEST(
        says(with("client_cert = c.pem\n"), "trafikito.cfg:3:15: error: client_key is missing"));
    BOOST_TEST(
        says(with("client_key = k.pem\n"), "trafikito.cfg:3:14: error: client_cert is missing"));
    BOOST_TEST(with("client_cert = c.pem\nclient_key = c.pem\n").ok());
}

BOOST_AUTO_TEST_SUITE_END()
