#include "config/load.hpp"

#include "settings_fixture.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace config = trafikito::config;
using namespace trafikito::config;
using trafikito::test::all_of;
using trafikito::test::temporary_directory;

BOOST_AUTO_TEST_SUITE(load)

BOOST_AUTO_TEST_CASE(loads_an_existing_installation_as_it_stands) {
    temporary_directory const directory;
    auto const file = directory.write("etc/trafikito.cfg",
                                      "export API_KEY=3f0c\nexport SERVER_ID=\"8a1d\"\n"
                                      "export RUNAS=\"nobody\"\nexport WORKSPACE_ID=\"w\"\n");
    auto const loaded = load_settings(file, {});
    BOOST_TEST(loaded.diagnostics.empty(), all_of(loaded.diagnostics));
    BOOST_REQUIRE(loaded.settings.has_value());
    BOOST_TEST(loaded.settings->who.server_id == "8a1d");
    BOOST_TEST(loaded.settings->run_as == "nobody");
    BOOST_TEST(loaded.settings->base_dir == directory.path());
    BOOST_TEST(loaded.settings->config_file == file);
}

BOOST_AUTO_TEST_CASE(reads_app_beside_the_configuration) {
    temporary_directory const directory;
    auto const file =
        directory.write("etc/trafikito.cfg", "server_id = s\napi_key = k\nretries = 1\n");
    BOOST_TEST(load_settings(file, {}).settings.value().retries == 1U);
    directory.write("etc/trafikito.app", "retries = 2\n");
    BOOST_TEST(load_settings(file, {}).settings.value().retries == 2U);
    BOOST_TEST(load_settings(file, {"TRAFIKITO_RETRIES=4"}).settings.value().retries == 4U);
    directory.write("etc/trafikito.app", "retries = many\n");
    auto const broken = load_settings(file, {});
    BOOST_TEST(!broken.settings.has_value());
    BOOST_TEST(broken.diagnostics.at(0).file == (directory.path() / "etc/trafikito.app").string());
}

BOOST_AUTO_TEST_CASE(an_app_that_cannot_be_read_is_an_error) {
    temporary_directory const directory;
    auto const file = directory.write("trafikito.cfg", "server_id = s\napi_key = k\n");
    std::filesystem::create_directory(directory.path() / "trafikito.app");
    auto const loaded = load_settings(file, {});
    BOOST_TEST(!loaded.settings.has_value());
    BOOST_TEST(loaded.diagnostics.at(0).what == "the file is a directory, not a file");
}

BOOST_AUTO_TEST_CASE(reads_the_key_from_its_file) {
    temporary_directory const directory;
    auto const key = directory.write("secret", "3f0c\n");
    auto const file =
        directory.write("etc/trafikito.cfg", "server_id = s\napi_key_file = secret\n");
    auto const loaded = load_settings(file, {});
    BOOST_TEST(loaded.diagnostics.empty(), all_of(loaded.diagnostics));
    BOOST_TEST(loaded.settings.value().who.api_key.reveal() == "3f0c");
    BOOST_TEST(loaded.settings.value().api_key_file == key);
    std::filesystem::remove(key);
    auto const without = load_settings(file, {});
    BOOST_TEST(!without.settings.has_value());
    BOOST_TEST(all_of(without.diagnostics).find("cannot be read: No such file or directory") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_credential_beats_the_files_and_gives_way_to_the_environment) {
    temporary_directory const directory;
    directory.write("etc/key", "of-the-file\n");
    auto const key = directory.write("credentials/api_key", "of-the-unit\n");
    auto const other = directory.write("other", "of-a-variable\n");
    std::vector<std::string> environment{"CREDENTIALS_DIRECTORY=" +
                                         (directory.path() / "credentials").string()};
    for (auto const* line : {"api_key = k\n", "api_key_file = etc/key\n", ""}) {
        auto const file =
            directory.write("etc/trafikito.cfg", "server_id = s\n" + std::string(line));
        auto const loaded = load_settings(file, environment);
        BOOST_TEST(loaded.diagnostics.empty(), all_of(loaded.diagnostics));
        BOOST_TEST(loaded.settings.value().who.api_key.reveal() == "of-the-unit");
        BOOST_TEST(loaded.settings.value().api_key_file == key);
        BOOST_TEST(loaded.settings.value().api_key_file_of_environment);
        BOOST_TEST(loaded.secrets.back().reveal() == "of-the-unit");
    }
    auto const file = directory.path() / "etc/trafikito.cfg";
    environment.push_back("TRAFIKITO_API_KEY_FILE=" + other.string());
    BOOST_TEST(load_settings(file, environment).settings.value().who.api_key.reveal() ==
               "of-a-variable");
    environment.back() = "TRAFIKITO_API_KEY=at-once";
    BOOST_TEST(load_settings(file, environment).settings.value().who.api_key.reveal() == "at-once");
}

BOOST_AUTO_TEST_CASE(a_credential_is_looked_for_where_the_environment_says_and_must_be_a_key) {
    temporary_directory const directory;
    auto const file = directory.write("etc/trafikito.cfg", "server_id = s\napi_key = k\n");
    auto const folder = "CREDENTIALS_DIRECTORY=" + (directory.path() / "credentials").string();
    for (auto const& variable : {folder, std::string("CREDENTIALS_DIRECTORY="),
                                 std::string("CREDENTIALS_DIRECTORY=etc")}) {
        BOOST_TEST(load_settings(file, {variable}).settings.value().who.api_key.reveal() == "k");
    }
    auto const key = directory.write("credentials/api_key", "two words\n");
    auto const loaded = load_settings(file, {folder});
    BOOST_TEST(!loaded.settings.has_value());
    BOOST_TEST(all_of(loaded.diagnostics)
                   .starts_with("CREDENTIALS_DIRECTORY: error: the credential \"" + key.string()));
    std::filesystem::remove(key);
    std::filesystem::create_directory(key);
    BOOST_TEST(!load_settings(file, {folder}).settings.has_value());
}

BOOST_AUTO_TEST_CASE(who_needs_no_key_is_not_kept_by_one_that_cannot_be_read) {
    temporary_directory const directory;
    auto const file = directory.write("etc/trafikito.cfg", "server_id = s\napi_key_file = none\n");
    BOOST_TEST(!load_settings(file, {}).settings.has_value());
    BOOST_TEST(
        load_settings(file, {}, key_reading::if_readable).settings.value().who.api_key.empty());
}

BOOST_AUTO_TEST_CASE(a_missing_configuration_is_one_error_with_a_way_out) {
    temporary_directory const directory;
    auto const loaded = load_settings(directory.path() / "none.cfg", {});
    BOOST_TEST(!loaded.settings.has_value());
    BOOST_TEST(all_of(loaded.diagnostics) ==
               (directory.path() / "none.cfg").string() +
                   ": error: the file cannot be read: No such file or directory\n"
                   "    Give the path of trafikito.cfg with --config, or enroll this machine with "
                   "`trafikito-agent enroll`, or set TRAFIKITO_SERVER_ID and "
                   "TRAFIKITO_API_KEY_FILE.\n");
}

BOOST_AUTO_TEST_CASE(no_configuration_need_be_where_the_environment_says_all) {
    temporary_directory const directory;
    auto const key = directory.write("secret", "3f0c\n");
    std::vector<std::string> environment{"TRAFIKITO_SERVER_ID=8a1d",
                                         "TRAFIKITO_API_KEY_FILE=" + key.string()};
    auto const file = directory.path() / "etc/trafikito.cfg";
    auto const loaded = load_settings(file, environment);
    BOOST_TEST(loaded.diagnostics.empty(), all_of(loaded.diagnostics));
    BOOST_TEST(loaded.settings.value().who.api_key.reveal() == "3f0c");
    BOOST_TEST(loaded.settings.value().base_dir == directory.path());

    directory.write("etc/trafikito.cfg", "server_id = \"other\n");
    BOOST_TEST(!load_settings(file, environment).settings.has_value()); // one that is there counts
    environment.front() = "TRAFIKITO_SERVER_ID=";
    BOOST_TEST(!load_settings(directory.path() / "none", environment).settings.has_value());
}

BOOST_AUTO_TEST_CASE(no_list_need_be_where_the_environment_holds_commands) {
    temporary_directory const directory;
    config::settings of;
    of.available_commands = directory.path() / "available_commands.sh";
    BOOST_TEST(!load_command_list(of, trafikito::base::path_walk().open(of.available_commands))
                    .list.has_value());
    of.environment_commands = {{"TRAFIKITO_RUN_df", "trafikito_df=\"df\""}};
    auto const list = [&] {
        return load_command_list(of, trafikito::base::path_walk().open(of.available_commands)).list;
    };
    BOOST_TEST(list().value().commands.size() == 1U);
    directory.write("available_commands.sh", "trafikito_up=\"uptime\"\n");
    BOOST_TEST(list().value().commands.size() == 2U);
}

BOOST_AUTO_TEST_CASE(refuses_a_configuration_over_1_mib) {
    temporary_directory const directory;
    auto const file = directory.write("t.cfg", std::string(10'000'000, '#'));
    auto const loaded = load_settings(file, {});
    BOOST_TEST(!loaded.settings.has_value());
    BOOST_TEST(loaded.diagnostics.at(0).what == "the file is larger than 1048576 bytes");
}

BOOST_AUTO_TEST_CASE(a_relative_configuration_starts_at_the_working_directory) {
    temporary_directory const directory;
    auto const file = directory.write("etc/trafikito.cfg", "server_id = s\napi_key = k\n");
    auto const relative = std::filesystem::relative(file);
    BOOST_REQUIRE(relative.is_relative());
    auto const loaded = load_settings(relative, {});
    BOOST_TEST(loaded.settings.value().config_file.is_absolute());
    BOOST_TEST(std::filesystem::equivalent(loaded.settings.value().base_dir, directory.path()));
}

BOOST_AUTO_TEST_CASE(loads_a_command_list) {
    temporary_directory const directory;
    auto const file = directory.write("available_commands.sh", "trafikito_a=\"a\"\nbad\n");
    auto const loaded = load_command_list(file);
    BOOST_TEST(loaded.diagnostics.empty());
    BOOST_REQUIRE(loaded.list.has_value());
    BOOST_TEST(loaded.list->commands.size() == 1U);
    BOOST_TEST(loaded.list->diagnostics.at(0).file == file.string());
}

BOOST_AUTO_TEST_CASE(a_missing_command_list_is_an_error) {
    temporary_directory const directory;
    auto const loaded = load_command_list(directory.path() / "none.sh");
    BOOST_TEST(!loaded.list.has_value());
    BOOST_TEST(has_errors(loaded.diagnostics));
}

BOOST_AUTO_TEST_CASE(knows_this_machine) {
    auto const facts = load_os_facts();
    BOOST_TEST(!facts.os.empty());
    BOOST_TEST(std::ranges::none_of(facts.os, [](char c) { return c >= 'A' && c <= 'Z'; }));
}

BOOST_AUTO_TEST_CASE(hands_out_the_environment) {
    BOOST_REQUIRE(::setenv("TRAFIKITO_TEST_OF_LOAD", "a=b", 1) == 0);
    auto const environment = process_environment();
    ::unsetenv("TRAFIKITO_TEST_OF_LOAD");
    BOOST_TEST((std::ranges::find(environment, "TRAFIKITO_TEST_OF_LOAD=a=b") != environment.end()));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_does_not_hide_the_rest) {
    temporary_directory const directory;
    auto const file = directory.write("etc/trafikito.cfg",
                                      "server_id = s\napi_key = k\ninterval = 30q\nretries = 7\n");
    auto const loaded = load_settings(file, {});
    BOOST_TEST(!loaded.settings.has_value());
    BOOST_REQUIRE(loaded.as_far.has_value());
    BOOST_TEST(loaded.as_far->retries == 7U);
    BOOST_TEST(loaded.as_far->var_dir == directory.path() / "var");
    BOOST_TEST(!loaded.as_far->config_way.empty());
    BOOST_TEST(loaded.diagnostics.at(0).source.text == "interval = 30q");
    BOOST_TEST(!load_settings(directory.path() / "none", {}).as_far.has_value());
}

BOOST_AUTO_TEST_CASE(the_environment_names_the_configuration) {
    auto const chosen = choose_config_file({"TRAFIKITO_CONFIG=/srv/t.cfg"});
    BOOST_TEST(chosen.file == "/srv/t.cfg");
    BOOST_TEST(chosen.found_by == "named by TRAFIKITO_CONFIG");
    temporary_directory const directory;
    auto const file = directory.write("trafikito.cfg", "server_id = s\napi_key = k\n");
    auto const loaded = load_settings(file, {"TRAFIKITO_CONFIG=" + file.string()});
    BOOST_TEST(loaded.diagnostics.empty(), all_of(loaded.diagnostics));
}

BOOST_AUTO_TEST_SUITE_END()
