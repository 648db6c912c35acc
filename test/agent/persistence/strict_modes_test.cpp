#include "agent/persistence/strict_modes.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

using namespace trafikito;
namespace fs = std::filesystem;

namespace {

struct modes_fixture {
    modes_fixture() {
        settings.base_dir = base;
        settings.config_file = here.write("base/etc/trafikito.cfg", "x");
        settings.dynamic_file = base / "etc/trafikito.app";
        settings.available_commands = here.write("base/available_commands.sh", "x");
        for (auto const& path : {base, base / "etc"}) {
            mode(path, 0755);
        }
        mode(settings.config_file, 0600);
        mode(settings.available_commands, 0644);
    }

    static void mode(fs::path const& path, unsigned bits) {
        fs::permissions(path, static_cast<fs::perms>(bits));
    }

    [[nodiscard]] std::vector<fs::path> loose() const {
        std::vector<fs::path> paths;
        for (auto const& one : agent::persistence::find_loose_modes(settings, ::geteuid())) {
            paths.push_back(one.path);
        }
        return paths;
    }

    test::temporary_directory here;
    fs::path base = here.path() / "base";
    config::settings settings;
};

using paths = std::vector<fs::path>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(strict_modes, modes_fixture)

BOOST_AUTO_TEST_CASE(an_installation_of_our_own_is_fine) {
    BOOST_TEST((loose() == paths{}));
}

BOOST_AUTO_TEST_CASE(each_file_and_directory_that_others_can_write_is_found) {
    for (auto const& path :
         {settings.config_file, settings.available_commands, base / "etc", base}) {
        auto const before = fs::status(path).permissions();
        for (unsigned const bit : {0020U, 0002U}) {
            mode(path, static_cast<unsigned>(before) | bit);
            BOOST_TEST((loose() == paths{path}), path);
        }
        fs::permissions(path, before);
    }
}

BOOST_AUTO_TEST_CASE(the_message_says_how_to_mend_it) {
    mode(settings.available_commands, 0666);
    auto const found = agent::persistence::find_loose_modes(settings, ::geteuid());
    BOOST_REQUIRE(found.size() == 1U);
    auto const file = settings.available_commands.string();
    BOOST_TEST(found.front().message() ==
               file +
                   ": the file can be written by others than its owner (mode 0666); mend it: "
                   "chmod go-w " +
                   file);
}

BOOST_AUTO_TEST_CASE(what_is_above_base_dir_is_not_our_business) {
    mode(here.path(), 0777);
    BOOST_TEST((loose() == paths{}));
    mode(here.path(), 0700);
}

BOOST_AUTO_TEST_CASE(of_a_link_both_sides_count) {
    auto const real = here.write("elsewhere/commands.sh", "x");
    mode(real.parent_path(), 0777);
    fs::remove(settings.available_commands);
    fs::create_symlink(real, settings.available_commands);
    BOOST_TEST((loose() == paths{real.parent_path()}));
    mode(real.parent_path(), 0755);
    mode(real, 0646);
    BOOST_TEST((loose() == paths{settings.available_commands}));
}

BOOST_AUTO_TEST_CASE(a_file_elsewhere_counts_with_all_that_is_above_it_but_sticky_directories) {
    settings.available_commands = here.write("elsewhere/commands.sh", "x");
    BOOST_TEST((loose() == paths{})); // /tmp is sticky
    mode(here.path() / "elsewhere", 0777);
    BOOST_TEST((loose() == paths{here.path() / "elsewhere"}));
}

BOOST_AUTO_TEST_CASE(a_file_of_a_stranger_is_found,
                     *boost::unit_test::precondition([](auto) { return ::geteuid() == 0; })) {
    BOOST_REQUIRE(::chown(settings.available_commands.c_str(), 12'345, 0) == 0);
    BOOST_TEST((loose() == paths{settings.available_commands}));
    BOOST_TEST(agent::persistence::find_loose_modes(settings, 12'345).empty());
}

BOOST_AUTO_TEST_CASE(a_key_that_everybody_can_read_is_worth_a_word) {
    BOOST_TEST(agent::persistence::find_readable_key(settings).empty());
    mode(settings.config_file, 0644);
    BOOST_TEST(agent::persistence::find_readable_key(settings).size() == 1U);
    settings.api_key_file = here.write("secret", "k");
    mode(settings.api_key_file, 0640);
    BOOST_TEST(agent::persistence::find_readable_key(settings).empty());
}

BOOST_AUTO_TEST_SUITE_END()
