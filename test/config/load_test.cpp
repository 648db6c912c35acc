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

namespace {

/// Not ambiguous with the test support's own read_file.
file_content read(std::filesystem::path const& path, std::size_t limit = max_file_size) {
    return config::read_file(path, limit);
}

} // namespace

BOOST_AUTO_TEST_SUITE(load)

BOOST_AUTO_TEST_CASE(reads_a_file_up_to_the_limit) {
    temporary_directory const directory;
    auto const file = directory.write("f", "abcd");
    BOOST_TEST(read(file, 4).content.value() == "abcd");
    auto const over = read(file, 3);
    BOOST_TEST(!over.content.has_value());
    BOOST_TEST(over.problem == "is larger than 3 bytes");
    BOOST_TEST(!over.missing);
    BOOST_TEST(read(directory.write("empty", ""), 4).content.value().empty());
}

BOOST_AUTO_TEST_CASE(reads_every_byte_as_it_is) {
    temporary_directory const directory;
    std::string content("\0\r\n\xff", 4);
    content += std::string(200'000, 'x');
    BOOST_TEST((read(directory.write("f", content)).content == content));
}

BOOST_AUTO_TEST_CASE(reads_a_file_whose_size_is_not_known_before) {
    // Files of /proc say that they have 0 bytes.
    auto const file = read("/proc/self/environ");
    auto const status = read("/proc/self/status");
    BOOST_TEST(file.problem.empty());
    BOOST_REQUIRE(status.content.has_value());
    BOOST_TEST(status.content->find("Pid:") != std::string::npos);
    BOOST_TEST(status.content->ends_with('\n'));
    BOOST_TEST(read("/proc/self/status", 10).problem == "is larger than 10 bytes");
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_told_from_an_unreadable_one) {
    temporary_directory const directory;
    auto const missing = read(directory.path() / "none");
    BOOST_TEST(missing.missing);
    BOOST_TEST(missing.problem == "cannot be read: No such file or directory");
    auto const below_a_file = read(directory.write("f", "") / "none");
    BOOST_TEST(below_a_file.missing);
    if (::geteuid() != 0) {
        auto const locked = directory.write("locked", "a");
        std::filesystem::permissions(locked, std::filesystem::perms::none);
        BOOST_TEST(!read(locked).missing);
        BOOST_TEST(read(locked).problem == "cannot be read: Permission denied");
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_regular_file_without_waiting) {
    temporary_directory const directory;
    BOOST_TEST(read(directory.path()).problem == "is a directory, not a file");
    auto const fifo = directory.path() / "fifo";
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    BOOST_TEST(read(fifo).problem == "is a FIFO, not a regular file");
    BOOST_TEST(read("/dev/zero").problem == "is not a regular file");
    BOOST_TEST(!read(directory.path()).missing);
}

BOOST_AUTO_TEST_CASE(follows_symbolic_links) {
    temporary_directory const directory;
    std::filesystem::create_symlink(directory.write("f", "abc"), directory.path() / "link");
    BOOST_TEST(read(directory.path() / "link").content.value() == "abc");
    std::filesystem::create_symlink(directory.path() / "loop", directory.path() / "loop");
    BOOST_TEST(!read(directory.path() / "loop").content.has_value());
}

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

BOOST_AUTO_TEST_CASE(a_missing_configuration_is_one_error_with_a_way_out) {
    temporary_directory const directory;
    auto const loaded = load_settings(directory.path() / "none.cfg", {});
    BOOST_TEST(!loaded.settings.has_value());
    BOOST_TEST(all_of(loaded.diagnostics) ==
               (directory.path() / "none.cfg").string() +
                   ": error: the file cannot be read: No such file or directory\n"
                   "    Give the path of trafikito.cfg with --config, or enroll this machine with "
                   "`trafikito-agent enroll`.\n");
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

BOOST_AUTO_TEST_SUITE_END()
