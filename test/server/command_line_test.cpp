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

BOOST_AUTO_TEST_CASE(serve_has_defaults_for_all_but_data) {
    auto const options = parsed<cli::serve_options>({"serve", "--data", "d"});
    BOOST_TEST(options.data == "d");
    BOOST_TEST(options.address == "127.0.0.1");
    BOOST_TEST(options.port == 8443);
    BOOST_TEST(options.min_interval.count() == 60);
    BOOST_TEST(options.keep.count() == 7 * 86400);
    BOOST_TEST(!options.port_file.has_value());
}

BOOST_AUTO_TEST_CASE(serve_takes_addresses_names_and_durations) {
    auto const options = parsed<cli::serve_options>(
        {"serve", "--data", "d", "--listen", "[::1]:0", "--host-name", "a.example", "--host-name",
         "10.0.0.1", "--min-interval", "0", "--keep", "12h", "--port-file", "p"});
    BOOST_TEST(options.address == "::1");
    BOOST_TEST(options.port == 0);
    BOOST_TEST(options.host_names.size() == 2U);
    BOOST_TEST(options.min_interval.count() == 0);
    BOOST_TEST(options.keep.count() == 43200);
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
             {"serve", "--data", "d", "--host-name", "a b"},
             {"serve", "--data", "d", "--key", "k"},
             {"servers"},
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
        {"order", "--data", "d", "s", "df", "trafikito_df", "uptime", "--delay", "5"});
    BOOST_TEST(options.server == "s");
    BOOST_TEST(options.names == (std::vector<std::string>{"trafikito_df", "trafikito_uptime"}),
               boost::test_tools::per_element());
    BOOST_TEST((options.delay == 5s));
    BOOST_TEST(parsed<cli::outputs_options>({"outputs", "--data", "d", "--command", "df"})
                   .command.value() == "trafikito_df");
}

BOOST_AUTO_TEST_CASE(servers_lists_and_servers_add_adds) {
    BOOST_TEST(parsed<cli::servers_options>({"servers", "--data", "d", "--json"}).json);
    auto const add = parsed<cli::add_server_options>(
        {"servers", "add", "--data", "d", "--name", "n", "--api-key-file", "-"});
    BOOST_TEST(add.name == "n");
    BOOST_TEST(add.api_key_file.value() == "-");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
