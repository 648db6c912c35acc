#include "agent/cli/service_unit.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace trafikito::agent::cli;

namespace {

constexpr std::string_view unit = "trafikito-agent@web.service";

std::string written(std::string_view text, std::string_view name = unit) {
    std::string all;
    for (auto const& one : service_settings(text, name)) {
        all += one.name + "=" + one.value + "\n";
    }
    return all;
}

transient_service transient(std::string_view text) {
    return as_transient(service_settings(text, unit));
}

std::string properties(std::string_view text) {
    std::string all;
    for (auto const& one : transient(text).properties) {
        all += one + "\n";
    }
    return all;
}

std::string config(std::string_view text) {
    auto const found = config_of(service_settings(text, unit));
    return found ? found->string() : "none";
}

} // namespace

BOOST_AUTO_TEST_SUITE(service_unit)

BOOST_AUTO_TEST_CASE(the_settings_of_all_files_stand_in_their_order) {
    BOOST_TEST(
        written("# /lib/systemd/system/x.service\n"
                "[Unit]\nDescription=not this\n"
                "[Service]\n ; a comment\nUser = trafikito\n"
                "[Install]\nWantedBy=multi-user.target\n"
                "\n# /etc/systemd/system/x.service.d/a.conf\n[Service]\nUser=root\nNice=\n") ==
        "User=trafikito\nUser=root\nNice=\n");
    BOOST_TEST(written("") == "");
    BOOST_TEST(written("User=nobody\n") == "");
}

BOOST_AUTO_TEST_CASE(a_line_goes_on_behind_a_backslash) {
    BOOST_TEST(written("[Service]\nEnvironment=A=1 \\\n# not of it\n  B=2\nNice=1 \\") ==
               "Environment=A=1    B=2\nNice=1\n");
}

BOOST_AUTO_TEST_CASE(specifiers_that_follow_from_the_name_are_replaced) {
    BOOST_TEST(written("[Service]\nX=%i %I %p %n %N %%h %h %t/%i 20%\n") ==
               "X=web web trafikito-agent trafikito-agent@web.service trafikito-agent@web %h %h "
               "/run/web 20%\n");
    BOOST_TEST(written("[Service]\nX=%i %I\n", R"(a@one-two\x2dx.service)") ==
               "X=one-two\\x2dx one/two-x\n");
}

BOOST_AUTO_TEST_CASE(words_are_split_as_systemd_does) {
    auto const words = unit_words(R"( A=b "C=d e" 'F="g"' H=i\ j "" )");
    std::vector<std::string> const expected{"A=b", "C=d e", "F=\"g\"", "H=i j", ""};
    BOOST_TEST(words == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_configuration_is_that_of_the_last_command_line) {
    BOOST_TEST(config("[Service]\nExecStart=/usr/sbin/trafikito-agent --config "
                      "/etc/trafikito/%i/trafikito.cfg\n") == "/etc/trafikito/web/trafikito.cfg");
    BOOST_TEST(config("[Service]\nExecStart=/bin/other\nExecStart=\n"
                      "ExecStart=-/x/trafikito-agent run --config=\"/a b\"\n") == "/a b");
    BOOST_TEST(config("[Service]\nExecStart=/x/trafikito-agent\n") == "");
    for (auto const* other : {"", "/usr/bin/true", "/x/trafikito-agent check --config /a",
                              "/x/trafikito-agent --config /a --once"}) {
        BOOST_TEST(config("[Service]\nExecStart=" + std::string(other) + "\n") == "none", other);
    }
}

BOOST_AUTO_TEST_CASE(what_commands_may_do_is_kept_and_how_the_service_runs_is_not) {
    BOOST_TEST(properties("[Service]\nType=notify\nUser=trafikito\nWatchdogSec=60s\n"
                          "LoadCredential=api_key:/k\nExecStartPre=-/x check\nExecStart=/x\n"
                          "ExecReload=/bin/kill\nRestart=always\nRestartSec=1\n"
                          "RestartPreventExitStatus=2\nTimeoutStopSec=10s\nKillMode=mixed\n"
                          "Delegate=yes\nProtectSystem=strict\nReadWritePaths=-/v\n"
                          "CapabilityBoundingSet=\nExecPaths=/usr\nLogsDirectory=x\n"
                          "StandardOutput=journal\nSystemCallFilter=@system-service\n"
                          "SystemCallFilter=~@mount\nLimitNOFILE=777\nCPUQuota=20%\n"
                          "SetCredential=k:secret\nEnvironmentFile=-/etc/default/x\n") ==
               "User=trafikito\nLoadCredential=api_key:/k\nDelegate=yes\nProtectSystem=strict\n"
               "ReadWritePaths=-/v\nExecPaths=/usr\nLogsDirectory=x\n"
               "SystemCallFilter=@system-service\nSystemCallFilter=~@mount\nLimitNOFILE=777\n"
               "CPUQuota=20%\nEnvironmentFile=-/etc/default/x\nCapabilityBoundingSet=\n");
}

BOOST_AUTO_TEST_CASE(capabilities_are_said_at_once_as_they_add_up) {
    auto const set = [](std::vector<std::string> const& values) {
        std::string text = "[Service]\n";
        for (auto const& value : values) {
            text += "CapabilityBoundingSet=" + value + "\n";
        }
        return properties(text);
    };
    BOOST_TEST(set({""}) == "CapabilityBoundingSet=\n");
    BOOST_TEST(set({"", "CAP_B CAP_A", "CAP_C"}) == "CapabilityBoundingSet=CAP_A CAP_B CAP_C\n");
    BOOST_TEST(set({"CAP_A CAP_B", "~CAP_A"}) == "CapabilityBoundingSet=CAP_B\n");
    BOOST_TEST(set({"~CAP_A CAP_B", "CAP_A"}) == "CapabilityBoundingSet=~CAP_B\n");
    BOOST_TEST(set({"~CAP_A", "~CAP_B"}) == "CapabilityBoundingSet=~CAP_A CAP_B\n");
    BOOST_TEST(set({"~", "CAP_A"}) == "CapabilityBoundingSet=CAP_A\n");
    BOOST_TEST(set({"CAP_A", "~"}) == "CapabilityBoundingSet=~\n");
    BOOST_TEST(set({"CAP_A", ""}) == "CapabilityBoundingSet=\n");
    BOOST_TEST(properties("[Service]\nAmbientCapabilities=CAP_A\nAmbientCapabilities=CAP_B\n") ==
               "AmbientCapabilities=CAP_A CAP_B\n");
}

BOOST_AUTO_TEST_CASE(an_empty_value_takes_back_what_was_said) {
    BOOST_TEST(properties("[Service]\nSystemCallFilter=@mount\nUser=a\nSystemCallFilter=\n"
                          "RestrictAddressFamilies=AF_UNIX\nRestrictAddressFamilies=\n") ==
               "User=a\n");
    BOOST_TEST(properties("[Service]\nReadWritePaths=/a\nReadWritePaths=\nReadWritePaths=/b\n") ==
               "ReadWritePaths=/b\n");
}

BOOST_AUTO_TEST_CASE(the_end_of_the_trial_does_not_take_the_agents_runtime_directory) {
    BOOST_TEST(properties("[Service]\nRuntimeDirectory=x\nRuntimeDirectoryMode=0700\n") ==
               "RuntimeDirectory=x\nRuntimeDirectoryMode=0700\nRuntimeDirectoryPreserve=yes\n");
}

BOOST_AUTO_TEST_CASE(the_environment_is_in_no_command_line) {
    auto const text = "[Service]\nEnvironment=OLD=1\nEnvironment=\n"
                      "Environment=\"TRAFIKITO_API_KEY=se\\\"cret $x\" B=2 strange\n";
    auto const service = transient(text);
    BOOST_TEST(service.properties.empty());
    BOOST_TEST(service.environment == "TRAFIKITO_API_KEY=\"se\\\"cret \\$x\"\nB=\"2\"\n");
}

/// The units that are shipped: what is in them is known.
BOOST_AUTO_TEST_CASE(of_our_own_units_nothing_is_lost) {
    for (std::string const name : {"trafikito-agent", "trafikito-agent@"}) {
        auto const file = std::string(TRAFIKITO_DEPLOY) + "/systemd/" + name + ".service.in";
        auto const text = trafikito::test::read_file(file);
        auto const service = as_transient(service_settings(
            text, name == "trafikito-agent" ? name + ".service" : name + "x.service"));
        auto const has = [&](std::string_view begin) {
            return std::ranges::any_of(service.properties,
                                       [&](auto const& one) { return one.starts_with(begin); });
        };
        for (auto const* kept :
             {"User=", "LoadCredential=", "Delegate=", "ProtectSystem=", "PrivateTmp=",
              "NoNewPrivileges=", "CapabilityBoundingSet=", "DevicePolicy=", "SystemCallFilter=",
              "RestrictAddressFamilies=", "RestrictSUIDSGID=", "RestrictRealtime="}) {
            BOOST_TEST(has(kept), name << " " << kept);
        }
        for (auto const* left :
             {"Type=", "Exec", "Restart=", "WatchdogSec=", "Timeout", "KillMode="}) {
            BOOST_TEST(!has(left), name << " " << left);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
