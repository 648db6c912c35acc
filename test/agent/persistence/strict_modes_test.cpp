#include "agent/persistence/strict_modes.hpp"

#include "test/support/eventually.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

using namespace trafikito;
namespace fs = std::filesystem;

namespace {

struct modes_fixture {
    modes_fixture() {
        mode(here.path(), 0700);
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

    [[nodiscard]] std::vector<fs::path> loose() {
        std::vector<fs::path> paths;
        auto const found = agent::persistence::find_loose_modes(settings, ::geteuid());
        for (auto const& one : found) {
            paths.push_back(one.path);
        }
        // Who has looked before sees the same.
        auto const again = watch.judge(settings, ::geteuid()).loose;
        BOOST_TEST(std::ranges::equal(found, again, [](auto const& one, auto const& other) {
            return one.message() == other.message();
        }));
        return paths;
    }

    /// What a watch has of the list that it read before, or reads now.
    [[nodiscard]] std::string listed() {
        auto const judged = watch.judge(settings, ::geteuid());
        unchanged = judged.list.unchanged;
        auto const loaded = watch.read_command_list(judged, settings);
        std::string names;
        for (auto const& one :
             loaded->list ? loaded->list->commands : std::vector<config::command>()) {
            names += one.name + " ";
        }
        return names;
    }

    test::temporary_directory here;
    fs::path base = here.path() / "base";
    config::settings settings;
    agent::persistence::installation_watch watch;
    bool unchanged = false;
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

BOOST_AUTO_TEST_CASE(who_looks_again_sees_every_change_of_the_way) {
    BOOST_TEST((loose() == paths{}));
    auto const moved = here.path() / "moved";
    for (auto const& path : {base / "etc", base}) { // another one, not only another mode
        fs::rename(path, moved);
        fs::copy(moved, path, fs::copy_options::recursive);
        mode(path, 0777);
        BOOST_TEST((loose() == paths{path}));
        fs::remove_all(path);
        fs::create_directory_symlink(moved, path);
        BOOST_TEST((loose() == paths{}));
        mode(moved, 0757);
        BOOST_TEST((loose() == paths{moved}));
        mode(moved, 0755);
        fs::remove(path);
        fs::rename(moved, path);
        BOOST_TEST((loose() == paths{}));
    }
    (void)here.write("base/etc/trafikito.app", "x");
    mode(settings.dynamic_file, 0666);
    BOOST_TEST((loose() == paths{settings.dynamic_file}));
    fs::remove(settings.dynamic_file);
    BOOST_TEST((loose() == paths{}));
    if (::geteuid() == 0) {
        for (auto const& path : {base, base / "etc", settings.config_file}) {
            BOOST_REQUIRE(::chown(path.c_str(), 65534, 0) == 0);
            BOOST_TEST((loose() == paths{path}));
            BOOST_REQUIRE(::chown(path.c_str(), 0, 0) == 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_list_that_did_not_change_is_not_read_again_and_one_that_did_is) {
    auto const file = settings.available_commands;
    auto const write = [&](std::string const& text) {
        (void)here.write("base/available_commands.sh", text);
    };
    auto const is_known = [&](std::string const& names) {
        return test::eventually([&] { return listed() == names && unchanged; });
    };
    write("trafikito_a=\"x\"\n");
    BOOST_TEST(listed() == "trafikito_a ");
    BOOST_TEST(!unchanged); // it is too new for its time to tell
    write("trafikito_b=\"x\"\n");
    BOOST_TEST(listed() == "trafikito_b ");
    BOOST_REQUIRE(is_known("trafikito_b "));
    struct stat before{};
    BOOST_REQUIRE(::stat(file.c_str(), &before) == 0);
    write("trafikito_c=\"x\"\n"); // of the same size, and said to be as old
    std::array const times{before.st_atim, before.st_mtim};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times.data(), 0) == 0);
    BOOST_TEST(listed() == "trafikito_c ");
    BOOST_REQUIRE(is_known("trafikito_c "));
    for (auto const& path : {base / "etc", base, here.path(), settings.config_file}) {
        auto const as_it_was = fs::status(path).permissions();
        mode(path, static_cast<unsigned>(as_it_was) | 0002U);
        BOOST_TEST((loose() == paths{path}), path);
        fs::permissions(path, as_it_was);
        BOOST_TEST((loose() == paths{}), path);
    }
    mode(file, 0666);
    BOOST_TEST(listed() == "");
    mode(file, 0644);
    BOOST_TEST(listed() == "trafikito_c ");
    BOOST_REQUIRE(is_known("trafikito_c "));
    settings.command_env = {"A=b"}; // what its warnings depend on
    BOOST_TEST(listed() == "trafikito_c ");
    BOOST_TEST(!unchanged);
    fs::remove(file);
    BOOST_TEST(listed() == "");
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
    BOOST_TEST(found.front().advice() == "Mend it: chmod go-w " + file);
}

BOOST_AUTO_TEST_CASE(a_path_that_a_shell_would_split_is_quoted) {
    settings.available_commands = here.write("base/it's all/list.sh", "x");
    mode(settings.available_commands.parent_path(), 0777);
    auto const found = agent::persistence::find_loose_modes(settings, ::geteuid());
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found.front().mend == "chmod go-w '" + base.string() + "/it'\\''s all'");
}

BOOST_AUTO_TEST_CASE(what_is_above_base_dir_counts_up_to_the_root) {
    mode(here.path(), 0777);
    BOOST_TEST((loose() == paths{here.path()}));
    mode(here.path(), 01777);
    BOOST_TEST((loose() == paths{}));
    mode(here.path(), 0700);
}

BOOST_AUTO_TEST_CASE(of_a_link_both_sides_count_and_what_was_found_is_named) {
    auto const real = here.write("elsewhere/commands.sh", "x");
    mode(real.parent_path(), 0777);
    fs::remove(settings.available_commands);
    fs::create_symlink(real, settings.available_commands);
    BOOST_TEST((loose() == paths{real.parent_path()}));
    mode(real.parent_path(), 0755);
    mode(real, 0646);
    BOOST_TEST((loose() == paths{real}));
}

BOOST_AUTO_TEST_CASE(a_link_in_the_middle_is_a_step_as_well) {
    auto const real = here.write("real/commands.sh", "x");
    fs::create_directory(here.path() / "open");
    fs::create_symlink(real, here.path() / "open/link");
    mode(here.path() / "open", 0777);
    fs::remove(settings.available_commands);
    fs::create_symlink("../open/link", settings.available_commands);
    BOOST_TEST((loose() == paths{here.path() / "open"}));
}

BOOST_AUTO_TEST_CASE(what_holds_the_words_of_a_process_is_no_list_whoever_owns_it) {
    settings.available_commands = "/proc/1/cmdline";
    auto const judged = agent::persistence::judge_installation(settings, ::geteuid());
    BOOST_REQUIRE(judged.loose.size() == 1U);
    BOOST_TEST(judged.loose.front().what ==
               "the file lies on proc, where files hold what a process says");
    BOOST_TEST(!agent::persistence::read_command_list(judged, settings).list);
}

BOOST_AUTO_TEST_CASE(a_list_that_others_could_change_is_not_read) {
    mode(settings.available_commands, 0666);
    auto const judged = agent::persistence::judge_installation(settings, ::geteuid());
    BOOST_TEST(!judged.may_run);
    BOOST_TEST(!agent::persistence::read_command_list(judged, settings).list);
    settings.strict_modes = false;
    auto const switched = agent::persistence::judge_installation(settings, ::geteuid());
    BOOST_TEST(switched.may_run);
    BOOST_TEST(switched.loose.size() == 1U);
    BOOST_TEST(agent::persistence::read_command_list(switched, settings).list.has_value());
}

BOOST_AUTO_TEST_CASE(the_file_that_was_judged_is_the_one_that_is_read) {
    settings.available_commands = here.write("base/list", "trafikito_a=\"a\"\n");
    mode(settings.available_commands, 0644);
    auto const judged = agent::persistence::judge_installation(settings, ::geteuid());
    fs::rename(base / "list", base / "gone");
    (void)here.write("base/list", "trafikito_b=\"b\"\n");
    auto const read = agent::persistence::read_command_list(judged, settings);
    BOOST_TEST(read.list.value().find("trafikito_a") != nullptr);
}

BOOST_AUTO_TEST_CASE(the_switch_does_not_count_where_others_could_have_written_it) {
    (void)here.write("base/etc/trafikito.cfg", "server_id = s\napi_key = k\nstrict_modes = no\n");
    mode(settings.config_file, 0646);
    auto loaded = config::load_settings(settings.config_file, {}).settings.value();
    auto judged = agent::persistence::judge_installation(loaded, ::geteuid());
    BOOST_TEST(!judged.may_run);
    BOOST_TEST(judged.switch_void);
    BOOST_TEST(agent::persistence::other_remedy(judged, loaded).find("TRAFIKITO_STRICT_MODES=no") !=
               std::string::npos);
    // Mended since, but what was read then is not worth more by that.
    mode(settings.config_file, 0600);
    BOOST_TEST(!agent::persistence::judge_installation(loaded, ::geteuid()).may_run);
    BOOST_TEST(agent::persistence::must_be_read_again(loaded, ::geteuid()));
    loaded = config::load_settings(settings.config_file, {}).settings.value();
    BOOST_TEST(agent::persistence::judge_installation(loaded, ::geteuid()).may_run);
    BOOST_TEST(!agent::persistence::must_be_read_again(loaded, ::geteuid()));
    // The environment is the word of whoever starts the agent.
    mode(settings.config_file, 0646);
    loaded =
        config::load_settings(settings.config_file, {"TRAFIKITO_STRICT_MODES=no"}).settings.value();
    BOOST_TEST(agent::persistence::judge_installation(loaded, ::geteuid()).may_run);
}

BOOST_AUTO_TEST_CASE(who_vouches_for_an_api_that_adds_commands_decides_what_runs) {
    settings.ca_file = here.write("ca.pem", "x");
    mode(settings.ca_file, 0666);
    BOOST_TEST((loose() == paths{}));
    settings.allow_widgets = true;
    BOOST_TEST((loose() == paths{settings.ca_file}));
}

BOOST_AUTO_TEST_CASE(where_commands_begin_counts_and_what_the_agent_keeps_is_worth_a_word) {
    fs::create_directories(here.path() / "work/var");
    settings.base_dir = here.path() / "work";
    settings.var_dir = here.path() / "work/var";
    mode(settings.var_dir, 0777);
    BOOST_TEST((loose() == paths{}));
    BOOST_TEST(agent::persistence::find_loose_var(settings, ::geteuid()).size() == 1U);
    mode(settings.base_dir, 0777);
    BOOST_TEST((loose() == paths{settings.base_dir}));
}

BOOST_AUTO_TEST_CASE(a_file_of_a_stranger_is_found,
                     *boost::unit_test::precondition([](auto) { return ::geteuid() == 0; })) {
    BOOST_REQUIRE(::chown(settings.available_commands.c_str(), 12'345, 0) == 0);
    BOOST_TEST((loose() == paths{settings.available_commands}));
    BOOST_TEST(agent::persistence::find_loose_modes(settings, 12'345).empty());
}

BOOST_AUTO_TEST_CASE(a_directory_of_a_stranger_above_it_all_is_found,
                     *boost::unit_test::precondition([](auto) { return ::geteuid() == 0; })) {
    BOOST_REQUIRE(::chown(here.path().c_str(), 12'345, 0) == 0);
    BOOST_TEST((loose() == paths{here.path()}));
    mode(here.path(), 01777); // its owner may rename all the same
    BOOST_TEST((loose() == paths{here.path()}));
    BOOST_TEST(agent::persistence::find_loose_modes(settings, ::geteuid()).front().mend ==
               "chown root " + here.path().string());
    BOOST_REQUIRE(::chown(here.path().c_str(), 0, 0) == 0);
}

using step = base::path_step;
using kind = base::path_step::kind;

step a(kind is, fs::path path, mode_t bits, uid_t owner = 0) {
    step made;
    made.path = std::move(path);
    made.is = is;
    made.mode = bits;
    made.owner = owner;
    return made;
}

std::vector<step> below_root(std::vector<step> more) {
    more.insert(more.begin(), a(kind::directory, "/", 0755));
    return more;
}

std::string judged(std::vector<step> way, uid_t agent = 500) {
    std::string all;
    for (auto const& one : agent::persistence::judge(below_root(std::move(way)), agent)) {
        all += one.path.string() + " ";
    }
    return all;
}

BOOST_AUTO_TEST_CASE(in_a_sticky_directory_of_roots_what_root_or_the_agent_owns_is_closed) {
    auto const tmp = a(kind::directory, "/tmp", 01777);
    for (auto const& [owner, expected] : std::initializer_list<std::pair<uid_t, char const*>>{
             {0, ""}, {500, ""}, {1000, "/tmp/x "}}) {
        BOOST_TEST(judged({tmp, a(kind::file, "/tmp/x", 0644, owner)}) == expected);
        BOOST_TEST(judged({tmp, a(kind::link, "/tmp/x", 0777, owner)}) == expected);
        BOOST_TEST(judged({tmp, a(kind::directory, "/tmp/x", 0755, owner)}) == expected);
    }
    BOOST_TEST(judged({tmp}) == "");
    BOOST_TEST(judged({a(kind::directory, "/t", 01777, 1000), a(kind::file, "/t/x", 0644)}) ==
               "/t ");
    // A file of root's with words of somebody else's, under another name.
    auto twice = a(kind::file, "/tmp/x", 0644);
    twice.names = 2;
    BOOST_TEST(judged({tmp, twice}) == "/tmp/x ");
}

BOOST_AUTO_TEST_CASE(links_hard_or_not_are_no_danger_where_only_root_makes_them) {
    auto const etc = a(kind::directory, "/etc", 0755);
    auto twice = a(kind::file, "/etc/x", 0644);
    twice.names = 2;
    BOOST_TEST(judged({etc, twice}) == "");
    BOOST_TEST(judged({etc, a(kind::link, "/etc/x", 0777)}) == "");
    auto const strangers =
        agent::persistence::judge(below_root({etc, a(kind::link, "/etc/x", 0777, 7)}), 0);
    BOOST_TEST(strangers.at(0).mend == "chown -h root /etc/x");
}

BOOST_AUTO_TEST_CASE(a_mount_that_is_read_only_here_may_be_written_elsewhere) {
    auto mount = a(kind::directory, "/m", 0777);
    mount.read_only = true;
    auto const found =
        agent::persistence::judge(below_root({mount, a(kind::file, "/m/list", 0644)}), 0);
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found.front().message().find("chmod go-w") == std::string::npos);
    BOOST_TEST(found.front().message().find("strict_modes = no") != std::string::npos);
    BOOST_TEST(found.front().advice().starts_with("No chmod helps"));
    // What others put there would be theirs: the switch may stand on it, in a file of root's.
    settings.strict_modes = false;
    settings.config_way = below_root({mount, a(kind::file, "/m/trafikito.cfg", 0644)});
    BOOST_TEST(agent::persistence::judge_installation(settings, ::geteuid()).may_run);
    settings.config_way.back().owner = 12'345;
    BOOST_TEST(!agent::persistence::judge_installation(settings, ::geteuid()).may_run);
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
