#include "server/cli/command_line.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito::server;
using namespace std::chrono_literals;

template <typename Options>
Options parsed(std::vector<std::string> arguments) {
    auto result = cli::parse_command_line(std::move(arguments));
    if (auto const* ended = std::get_if<cli::exit_text>(&result)) {
        BOOST_FAIL(ended->text);
    }
    return std::get<Options>(result);
}

cli::exit_text refused(std::vector<std::string> arguments) {
    auto result = cli::parse_command_line(std::move(arguments));
    BOOST_REQUIRE(std::holds_alternative<cli::exit_text>(result));
    return std::get<cli::exit_text>(result);
}

BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(a_token_is_for_one_machine_and_a_day) {
    auto const usual = parsed<cli::enroll_command_options>({"enroll-command"});
    BOOST_TEST(!usual.data.directory.has_value());
    BOOST_TEST(usual.machines == 1);
    BOOST_TEST((usual.valid == 24h));
    BOOST_TEST(!usual.token_only);
    auto const other = parsed<cli::enroll_command_options>(
        {"enroll-command", "--data", "d", "--server-name", "web 1", "--valid", "7d", "--url",
         "https://[::1]:8443", "--token-only"});
    BOOST_TEST(other.data.directory.value() == "d");
    BOOST_TEST(other.server_name.value() == "web 1");
    BOOST_TEST((other.valid == 24h * 7));
    BOOST_TEST(other.url.value() == "https://[::1]:8443");
    BOOST_TEST(other.token_only);
}

BOOST_AUTO_TEST_CASE(tokens_are_listed_and_revoked) {
    BOOST_TEST(parsed<cli::tokens_options>({"tokens", "--data", "d", "--json"}).json);
    for (std::vector<std::string> const& line :
         {std::vector<std::string>{"tokens", "revoke", "--data", "d", "0123"},
          std::vector<std::string>{"tokens", "--data", "d", "revoke", "0123"}}) {
        auto const options = parsed<cli::revoke_token_options>(line);
        BOOST_TEST(options.data.directory.value() == "d");
        BOOST_TEST(options.token == "0123");
    }
}

BOOST_AUTO_TEST_CASE(what_works_on_data_that_is_there_has_a_usual_directory) {
    BOOST_TEST(!parsed<cli::servers_options>({"servers"}).data.directory.has_value());
    BOOST_TEST(!parsed<cli::add_server_options>({"servers", "add", "--name", "n"})
                    .data.directory.has_value());
    BOOST_TEST(
        !parsed<cli::remove_server_options>({"servers", "remove", "s"}).data.directory.has_value());
    BOOST_TEST(!parsed<cli::rename_server_options>({"servers", "rename", "s", "n"})
                    .data.directory.has_value());
    BOOST_TEST(
        !parsed<cli::new_key_options>({"servers", "new-key", "s"}).data.directory.has_value());
    BOOST_TEST(!parsed<cli::outputs_options>({"outputs", "s"}).data.directory.has_value());
    BOOST_TEST(!parsed<cli::order_options>({"order", "s", "-df"}).data.directory.has_value());
    BOOST_TEST(!parsed<cli::tokens_options>({"tokens"}).data.directory.has_value());
    for (std::vector<std::string> const& words : {std::vector<std::string>{"servers"},
                                                  {"servers", "add"},
                                                  {"servers", "remove"},
                                                  {"servers", "rename"},
                                                  {"servers", "new-key"},
                                                  {"outputs"},
                                                  {"order"},
                                                  {"tokens"},
                                                  {"tokens", "revoke"},
                                                  {"enroll-command"}}) {
        auto help = words;
        help.emplace_back("--help");
        auto const text = refused(help).text;
        BOOST_TEST(text.find("/var/lib/trafikito-server") != std::string::npos, text);
    }
}

BOOST_AUTO_TEST_CASE(data_before_a_subcommand_is_the_subcommands) {
    auto const add =
        parsed<cli::add_server_options>({"servers", "--data", "d", "add", "--name", "n"});
    BOOST_TEST(add.data.directory.value() == "d");
    auto const remove =
        parsed<cli::remove_server_options>({"servers", "--data", "d", "remove", "s"});
    BOOST_TEST(remove.data.directory.value() == "d");
    auto const rename =
        parsed<cli::rename_server_options>({"servers", "--data", "d", "rename", "s", "n"});
    BOOST_TEST(rename.data.directory.value() == "d");
    auto const nearer =
        parsed<cli::new_key_options>({"servers", "--data", "d", "new-key", "--data", "e", "s"});
    BOOST_TEST(nearer.data.directory.value() == "e");
}

BOOST_AUTO_TEST_CASE(serve_has_defaults_for_all_but_data) {
    auto const options = parsed<cli::serve_options>({"serve", "--data", "d"});
    BOOST_TEST(options.data == "d");
    BOOST_TEST(options.address == "127.0.0.1");
    BOOST_TEST(options.port == 8443);
    BOOST_TEST(!options.min_interval.has_value());
    BOOST_TEST(!options.keep.has_value());
    BOOST_TEST(!options.machine_quota.has_value());
    BOOST_TEST(!options.log_level.has_value());
    BOOST_TEST(!options.yes);
    BOOST_TEST(!options.port_file.has_value());
}

BOOST_AUTO_TEST_CASE(serve_takes_addresses_names_and_durations) {
    auto const options = parsed<cli::serve_options>(
        {"serve", "--data", "d", "--listen", "[::1]:0", "--host-name", "a.example", "--host-name",
         "10.0.0.1", "--min-interval", "0", "--keep", "12h", "--port-file", "p"});
    BOOST_TEST(options.address == "::1");
    BOOST_TEST(options.port == 0);
    BOOST_TEST(options.host_names.size() == 2U);
    BOOST_TEST(options.min_interval.value().count() == 0);
    BOOST_TEST(options.keep.value().count() == 43200);
    BOOST_TEST(options.port_file.value() == "p");
}

BOOST_AUTO_TEST_CASE(wrong_use_exits_2_and_says_where_help_is) {
    for (std::vector<std::string> const& arguments : std::vector<std::vector<std::string>>{
             {},
             {"unknown"},
             {"serve"},
             {"serve", "--data", "d", "--listen", "localhost:1"},
             {"serve", "--data", "d", "--listen", "127.0.0.1:65536"},
             {"serve", "--data", "d", "--listen", "::1:8443"},
             {"serve", "--data", "d", "--keep", "soon"},
             {"serve", "--data", "d", "--keep", "7"},
             {"serve", "--data", "d", "--keep", "0"},
             {"serve", "--data", "d", "--min-interval", "60"},
             {"serve", "--data", "d", "--trusted-proxy", "balancer"},
             {"serve", "--data", "d", "--trusted-proxy", "10.0.0.1/8"},
             {"serve", "--data", "d", "--trusted-proxy", "10.0.0.0/33"},
             {"serve", "--data", "d", "--machine-quota", "4GB"},
             {"serve", "--data", "d", "--keep-size", "20GB"},
             {"serve", "--data", "d", "--keep-size", "1KiB"},
             {"serve", "--data", "d", "--machine-quota", "1KiB"},
             {"serve", "--data", "d", "--max-connections", "1"},
             {"serve", "--data", "d", "--log-level", "loud"},
             {"serve", "--data", "d", "--public-url", "http://a"},
             {"serve", "--data", "d", "--public-url", "https://a/b"},
             {"serve", "--data", "d", "--public-certificate", "c"},
             {"enroll-command", "--machines", "0"},
             {"enroll-command", "--machines", "100001"},
             {"enroll-command", "--machines", "2", "--server-name", "a"},
             {"enroll-command", "--valid", "24"},
             {"enroll-command", "--valid", "30s"},
             {"enroll-command", "--valid", "367d"},
             {"enroll-command", "--url", "a:1"},
             {"enroll-command", "--server-name", "a\nb"},
             {"tokens", "revoke"},
             {"servers", "remove", "--data", "d"},
             {"servers", "rename", "--data", "d", "s"},
             {"servers", "rename", "--data", "d", "s", "a\nb"},
             {"servers", "new-key"},
             {"outputs", "--data", "d", "--raw", "--json"},
             {"order", "--data", "d", "s", "a", "+b"},
             {"order", "--data", "d", "s", "a", "-b"},
             {"order", "--data", "d", "s", "+a", "-a"},
             {"order", "--data", "d", "s", "-a", "--none"},
             {"order", "--data", "d", "s", "--al"},
             {"order", "--data", "d", "s", "--delay", "5"},
             {"serve", "--data", "d", "--host-name", "a b"},
             {"serve", "--data", "d", "--key", "k"},
             {"servers", "add", "--data", "d"},
             {"outputs", "--data", "d", "--last", "-1"},
             {"order", "--data", "d"},
             {"order", "--data", "d", "s", "a b"},
             {"order", "--data", "d", "s", "a", "--all"},
             {"order", "--data", "d", "s", "--none", "--all"},
             {"order", "--data", "d", "s", "--delay", "25h"}}) {
        auto const ended = refused(arguments);
        BOOST_TEST(ended.status == 2);
        BOOST_TEST(ended.text.starts_with("trafikito-server: error: "));
        BOOST_TEST(ended.text.find("--help`") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(help_and_version_exit_0) {
    BOOST_TEST(refused({"--help"}).status == 0);
    BOOST_TEST(refused({"--help"}).text.find("serve") != std::string::npos);
    BOOST_TEST(refused({"serve", "--help"}).text.find("--min-interval") != std::string::npos);
    BOOST_TEST(refused({"--version"}).status == 0);
    BOOST_TEST(refused({"--version"}).text.starts_with("trafikito-server "));
}

BOOST_AUTO_TEST_CASE(names_get_their_prefix_and_stand_once) {
    auto const options = parsed<cli::order_options>(
        {"order", "--data", "d", "s", "df", "trafikito_df", "uptime", "--delay", "5s"});
    BOOST_TEST(options.server == "s");
    BOOST_TEST(options.names == (std::vector<std::string>{"trafikito_df", "trafikito_uptime"}),
               boost::test_tools::per_element());
    BOOST_TEST((options.delay == 5s));
    BOOST_TEST(parsed<cli::outputs_options>({"outputs", "--data", "d", "--command", "df"})
                   .command.value() == "trafikito_df");
}

BOOST_AUTO_TEST_CASE(a_number_without_unit_is_told_its_units) {
    auto const ended = refused({"serve", "--data", "d", "--keep", "7"});
    BOOST_TEST(ended.text.find("7 has no unit: write 7d, 7h, 7m or 7s") != std::string::npos,
               ended.text);
}

BOOST_AUTO_TEST_CASE(serve_takes_limits_log_and_proxies) {
    auto const options =
        parsed<cli::serve_options>({"serve",      "--data",          "d",     "--trusted-proxy",
                                    "10.0.0.0/8", "--trusted-proxy", "::1",   "--machine-quota",
                                    "1GiB",       "--machine-rate",  "0",     "--max-connections",
                                    "64",         "--log-level",     "debug", "--log-format",
                                    "json",       "--limits",        "l",     "--yes"});
    BOOST_TEST(options.trusted_proxies == (std::vector<std::string>{"10.0.0.0/8", "::1"}),
               boost::test_tools::per_element());
    BOOST_TEST(options.machine_quota.value() == 1024U * 1024 * 1024);
    BOOST_TEST(options.machine_rate.value() == 0U);
    BOOST_TEST(options.max_connections.value() == 64U);
    BOOST_TEST((options.log_level == trafikito::base::severity::debug));
    BOOST_TEST((options.log_format == trafikito::base::log::format::json));
    BOOST_TEST(options.limits.value() == "l");
    BOOST_TEST(options.yes);
}

BOOST_AUTO_TEST_CASE(signs_change_an_order_and_do_not_pass_for_options) {
    auto const options = parsed<cli::order_options>(
        {"order", "web1", "-df", "--delay", "5s", "+uptime", "-trafikito_free", "--data", "d"});
    BOOST_TEST(options.server == "web1");
    BOOST_TEST(options.names.empty());
    BOOST_TEST(options.added == (std::vector<std::string>{"trafikito_uptime"}),
               boost::test_tools::per_element());
    BOOST_TEST(options.removed == (std::vector<std::string>{"trafikito_df", "trafikito_free"}),
               boost::test_tools::per_element());
    BOOST_TEST((options.delay == 5s));
    // A value may begin with a hyphen, and a server's name behind --.
    BOOST_TEST(parsed<cli::order_options>({"order", "--data=-d", "--", "-web"}).server == "-web");
    BOOST_TEST(refused({"order", "-h"}).status == 0);
}

BOOST_AUTO_TEST_CASE(servers_lists_and_servers_add_adds) {
    BOOST_TEST(parsed<cli::servers_options>({"servers", "--data", "d", "--json"}).json);
    auto const add = parsed<cli::add_server_options>(
        {"servers", "add", "--data", "d", "--name", "n", "--api-key-file", "-"});
    BOOST_TEST(add.name == "n");
    BOOST_TEST(add.api_key_file.value() == "-");
    BOOST_TEST(
        parsed<cli::remove_server_options>({"servers", "remove", "s", "--data", "d"}).server ==
        "s");
    auto const rename =
        parsed<cli::rename_server_options>({"servers", "rename", "--data", "d", "s", "new name"});
    BOOST_TEST(rename.server == "s");
    BOOST_TEST(rename.name == "new name");
    BOOST_TEST(parsed<cli::new_key_options>({"servers", "new-key", "s", "--data", "d"}).server ==
               "s");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
