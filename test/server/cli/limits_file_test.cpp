#include "server/cli/limits_file.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

namespace {

using namespace trafikito;
using namespace trafikito::server;
using std::chrono::seconds;

/// The only complaint, as a person reads it.
std::string complaint(std::string_view text) {
    auto const read = cli::parse_limits(text, "limits.cfg");
    BOOST_REQUIRE_MESSAGE(read.diagnostics.size() == 1, text << ": " << read.diagnostics.size());
    return read.diagnostics[0].format();
}

std::string failure(std::filesystem::path const& file) {
    try {
        cli::read_limits(file);
    } catch (std::runtime_error const& failed) {
        return failed.what();
    }
    return {};
}

bool holds(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(limits_file)

BOOST_AUTO_TEST_CASE(all_that_it_says_is_read) {
    auto const read = cli::parse_limits("# what we grant\n"
                                        "machine_quota = 512MiB\n"
                                        "machine_rate=16M   # a minute\n"
                                        "max_connections = \"300\"\n"
                                        "\n"
                                        "min_interval = 30s\r\n"
                                        "KEEP = 14d\n"
                                        "keep_size = 20GiB\n"
                                        "keep_values = 30d\n"
                                        "log_level = warning",
                                        "limits.cfg");
    BOOST_TEST(read.diagnostics.empty());
    BOOST_TEST(read.values.machine_quota.value() == 512UL * 1024 * 1024);
    BOOST_TEST(read.values.machine_rate.value() == 16UL * 1024 * 1024);
    BOOST_TEST(read.values.max_connections.value() == 300U);
    BOOST_TEST(read.values.min_interval.value().count() == 30);
    BOOST_TEST((read.values.keep.value() == std::chrono::hours(24 * 14)));
    BOOST_TEST((read.values.keep_values.value() == std::chrono::hours(24 * 30)));
    BOOST_TEST(read.values.keep_size.value() == 20UL * 1024 * 1024 * 1024);
    BOOST_TEST((read.values.log_level.value() == base::severity::warning));
}

BOOST_AUTO_TEST_CASE(what_it_does_not_say_is_left_to_the_command_line) {
    for (std::string_view const text : {"", "\n", "# nothing\n", "\xEF\xBB\xBF"}) {
        auto const read = cli::parse_limits(text, "limits.cfg");
        BOOST_TEST(read.diagnostics.empty());
        BOOST_TEST((!read.values.machine_quota && !read.values.machine_rate &&
                    !read.values.max_connections && !read.values.min_interval &&
                    !read.values.keep && !read.values.keep_values && !read.values.log_level));
    }
}

BOOST_AUTO_TEST_CASE(a_duration_without_unit_is_refused_and_nought_is_one_only_for_the_interval) {
    BOOST_TEST(complaint("keep = 7") ==
               "limits.cfg:1:8: error: keep must have a unit: write 7s, 7h or 7d\n"
               "    1 | keep = 7\n"
               "      |        ^");
    BOOST_TEST(holds(complaint("min_interval = 60"), "must have a unit"));
    BOOST_TEST(holds(complaint("keep = 0"), "must be between 1s and 3650d"));
    BOOST_TEST(holds(complaint("keep = 0d"), "must be between 1s and 3650d"));
    BOOST_TEST(holds(complaint("keep = 1500ms"), "whole seconds"));
    BOOST_TEST(holds(complaint("keep = 99999999d"), "must be between"));
    for (std::string_view const none : {"min_interval = 0", "min_interval = 0s"}) {
        auto const read = cli::parse_limits(none, "limits.cfg");
        BOOST_TEST(read.diagnostics.empty(), none);
        BOOST_TEST(read.values.min_interval.value().count() == 0);
    }
}

BOOST_AUTO_TEST_CASE(no_bound_is_zero_as_on_the_command_line) {
    auto const read = cli::parse_limits("machine_quota = 0\nmachine_rate = 0B\n", "limits.cfg");
    BOOST_TEST(read.diagnostics.empty());
    BOOST_TEST(read.values.machine_quota.value() == 0U);
    BOOST_TEST(read.values.machine_rate.value() == 0U);
}

BOOST_AUTO_TEST_CASE(a_value_that_is_none_is_said_at_its_place_and_not_taken) {
    for (std::string const wrong :
         {"machine_quota = 1", "machine_quota = 1GB", "machine_quota = -1",
          "machine_quota =", "machine_quota = 99999999TiB", "machine_rate = fast",
          "machine_rate = 1KiB", "max_connections = 7", "max_connections = 100001",
          "max_connections = 1e3", "max_connections = 99999999999999999999", "log_level = loud",
          "log_level = Info", "keep = week", "keep =", "keep = 1 d", "min_interval = -5s"}) {
        auto const text = complaint("\n" + wrong + "\n");
        auto const column = wrong.find(' ') + 1 + (wrong.ends_with('=') ? 2 : 3);
        BOOST_TEST(text.starts_with("limits.cfg:2:" + std::to_string(column) + ": error: "), text);
        BOOST_TEST(holds(text, wrong.substr(0, wrong.find(' ')) + " must"), text);
    }
    BOOST_TEST(!cli::parse_limits("max_connections = 7", "f").values.max_connections);
    BOOST_TEST(!cli::parse_limits("keep = 7", "f").values.keep);
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_an_error_that_names_the_nearest) {
    BOOST_TEST(complaint("  machine_qouta = 1GiB") ==
               "limits.cfg:1:3: error: there is no limit \"machine_qouta\"\n"
               "    1 |   machine_qouta = 1GiB\n"
               "      |   ^\n"
               "    Did you mean machine_quota?");
    BOOST_TEST(holds(complaint("api_key = x"), "The keys of this file are machine_quota, "));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_set_twice_is_an_error) {
    auto const text = complaint("keep = 7d\nkeep = 8d\n");
    BOOST_TEST(holds(text, "limits.cfg:2:1: error: keep is set again"), text);
}

BOOST_AUTO_TEST_CASE(what_is_no_assignment_is_an_error_and_shows_nothing_to_a_terminal) {
    BOOST_TEST(holds(complaint("machine_quota 1GiB"), "this is not `key = value`"));
    BOOST_TEST(!holds(complaint("log_level = \xC2\x9B"
                                "31m"),
                      "\xC2\x9B"));
    BOOST_TEST(holds(complaint(std::string("keep = 7d\0", 10)), "NUL"));
}

BOOST_AUTO_TEST_CASE(a_file_of_garbage_is_no_report_of_garbage) {
    std::string text;
    for (int i = 0; i < 5000; ++i) {
        text += "key" + std::to_string(i) + " = 1\n";
    }
    BOOST_TEST(cli::parse_limits(text, "f").diagnostics.size() <= config::max_diagnostics + 1);
}

BOOST_AUTO_TEST_CASE(a_file_with_mistakes_is_refused_with_all_of_them_in_their_order) {
    test::temporary_directory const directory;
    auto const file = directory.write("limits.cfg", "kepe = 7d\nmachine_rate = 1\nnonsense\n");
    auto const text = failure(file);
    auto const first = text.find(file.string() + ":1:1: error: ");
    auto const second = text.find("\n" + file.string() + ":2:16: error: ");
    auto const third = text.find("\n" + file.string() + ":3:");
    BOOST_TEST((first < second && second < third && third != std::string::npos), text);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_named_with_the_reason) {
    test::temporary_directory const directory;
    auto const missing = directory.path() / "none.cfg";
    BOOST_TEST(
        holds(failure(missing), missing.string() + ": error: the file of limits is not there"));
    BOOST_TEST(holds(failure(directory.path()),
                     directory.path().string() + ": error: the file of limits is a directory"));
}

BOOST_AUTO_TEST_CASE(the_example_is_right_with_and_without_its_hashes) {
    auto text = test::read_file(TRAFIKITO_EXAMPLES "/server-limits.cfg");
    BOOST_TEST(cli::parse_limits(text, "f").diagnostics.empty());
    for (auto at = text.find("\n#"); at != std::string::npos; at = text.find("\n#", at + 1)) {
        if (text.at(at + 2) != ' ') {
            text.erase(at + 1, 1);
        }
    }
    auto const read = cli::parse_limits(text, "f");
    BOOST_TEST(read.diagnostics.empty());
    BOOST_TEST((read.values.machine_quota && read.values.machine_rate &&
                read.values.max_connections && read.values.min_interval && read.values.keep &&
                read.values.keep_values && read.values.log_level));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
