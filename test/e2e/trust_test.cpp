// who can change what runs, and what the agent does then: nothing, loudly.
#include "test/e2e/installation.hpp"

#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <unistd.h>

using namespace trafikito::test;
namespace fs = std::filesystem;

namespace {

constexpr uid_t stranger = 54'321; ///< that nothing on this machine runs as

bool is_root(boost::unit_test::test_unit_id /*of*/) {
    return ::geteuid() == 0;
}

struct trust_fixture : pair {
    trust_fixture() : pair(2) {
        commands("trafikito_one=\"echo ran\"\n");
        order({{"tok one 55 0"}});
    }

    void must_not_run(std::string const& component) const {
        auto const ran = there.once();
        auto const sent = report(reports()).report;
        BOOST_TEST(sent.find("ran\n") == std::string::npos, sent);
        BOOST_TEST(sent.find("[trafikito-agent: not run: " + component + ": ") != std::string::npos,
                   sent);
        BOOST_TEST(ran.err.find("no command is run, since others could change what runs: " +
                                component) != std::string::npos,
                   ran.err);
        BOOST_TEST(ran.err.find("strict_modes = no") != std::string::npos, ran.err);
        auto const checked = there.run({"check"});
        BOOST_TEST(exited(checked, 2));
        BOOST_TEST(checked.out.find(component + ": error: ") != std::string::npos, checked.out);
    }
    void must_run() const {
        BOOST_TEST(exited(there.once(), 0));
        BOOST_TEST(report(reports()).report.find("ran\n") != std::string::npos);
    }

    static void give(fs::path const& path, uid_t to) {
        BOOST_REQUIRE(::lchown(path.c_str(), to, to) == 0);
    }
    void list_is(fs::path const& path) {
        there.environment["TRAFIKITO_AVAILABLE_COMMANDS"] = path.string();
    }

    temporary_directory elsewhere;
};

/// `script` in mounts of its own, with the agent's path as $agent and its configuration as $config.
finished in_own_mounts(installation const& there, std::string const& script) {
    auto environment = there.all_environment();
    environment.push_back("agent=" TRAFIKITO_AGENT);
    environment.push_back("config=" + there.config().string());
    return trafikito::test::run({"/usr/bin/env", "unshare", "-m", "sh", "-euc", script},
                                environment);
}

bool may_mount(boost::unit_test::test_unit_id /*of*/) {
    return ::geteuid() == 0 && trafikito::test::run({"/usr/bin/env", "unshare", "-m", "mount", "-t",
                                                     "tmpfs", "x", "/mnt"},
                                                    {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"})
                                       .code == 0;
}

/// As Kubernetes shows a ConfigMap: directories that everybody may write, files behind `..data`, on
/// a mount that is read-only here.
constexpr auto config_map = R"(
    mount -t tmpfs -o mode=0777 configmap "$mount"
    mkdir -m 0755 "$mount/..2026"
    printf 'trafikito_one="echo ran"\n' >"$mount/..2026/available_commands.sh"
    printf "$more" >"$mount/..2026/trafikito.cfg"
    cat "$config" >>"$mount/..2026/trafikito.cfg"
    ln -s ..2026 "$mount/..data"
    ln -s ..data/available_commands.sh ..data/trafikito.cfg "$mount"
    mount -o remount,ro "$mount"
)";

} // namespace

BOOST_FIXTURE_TEST_SUITE(trust, trust_fixture)

BOOST_AUTO_TEST_CASE(an_installation_below_a_directory_of_a_user_does_not_run,
                     *boost::unit_test::precondition(is_root)) {
    give(there.base(), stranger); // he owns nothing below it, and can move all of it
    must_not_run(there.base().string());
    give(there.base(), 0);
    must_run();
}

BOOST_AUTO_TEST_CASE(a_sticky_directory_is_its_owners_all_the_same,
                     *boost::unit_test::precondition(is_root)) {
    give(there.base(), stranger);
    fs::permissions(there.base(), static_cast<fs::perms>(01755));
    must_not_run(there.base().string());
    give(there.base(), 0);
}

BOOST_AUTO_TEST_CASE(a_link_through_the_directory_of_a_user_does_not_lead_to_a_list,
                     *boost::unit_test::precondition(is_root)) {
    auto const users = elsewhere.path() / "users";
    fs::create_directory(users);
    fs::create_symlink(there.base() / "available_commands.sh", users / "link");
    give(users, stranger);
    fs::create_symlink(users / "link", there.base() / "list");
    list_is(there.base() / "list");
    must_not_run(users.string());
}

BOOST_AUTO_TEST_CASE(words_of_a_process_are_no_list) {
    std::string const words = "\ntrafikito_one=\"echo ran\"\n";
    program const speaker({"/bin/sh", "-c", "sleep 1000; :", words}, {"PATH=/usr/bin:/bin"});
    auto const file = "/proc/" + std::to_string(speaker.pid()) + "/cmdline";
    fs::create_symlink(file, there.base() / "list");
    list_is(there.base() / "list");
    // A process's directory belongs to its user: here to the agent's own.
    must_not_run(file);
}

BOOST_AUTO_TEST_CASE(the_switch_lets_commands_run_and_is_said_everywhere) {
    fs::permissions(there.base() / "available_commands.sh", fs::perms(0666));
    must_not_run((there.base() / "available_commands.sh").string());
    there.write_config(writing::exported, {}, "strict_modes = no\n");
    auto const checked = there.run({"check"});
    BOOST_TEST(exited(checked, 0));
    BOOST_TEST(checked.out.find("available_commands.sh: warning: the file can be written by "
                                "others than its owner (mode 0666): commands run all the same") !=
                   std::string::npos,
               checked.out);
    auto const tested = there.run({"test"});
    BOOST_TEST(exited(tested, 0));
    BOOST_TEST(tested.err.find("others could change what runs") != std::string::npos, tested.err);
    auto const before = reports();
    auto const daemon = there.daemon();
    BOOST_TEST(report(before + 1).report.find("ran\n") != std::string::npos);
    auto const said = "strict_modes = no: commands run although others could change what runs: " +
                      (there.base() / "available_commands.sh").string();
    BOOST_TEST(daemon->wrote("warning " + said));
    auto const status = there.run({"status"}).out;
    BOOST_TEST(status.find("problem:     " + said) != std::string::npos, status);
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_CASE(a_configuration_that_others_can_write_cannot_switch_it_off) {
    there.write_config(writing::exported, {}, "strict_modes = no\n");
    fs::permissions(there.config(), fs::perms(0646));
    must_not_run(there.config().string());
    there.environment["TRAFIKITO_STRICT_MODES"] = "no";
    must_run();
}

BOOST_AUTO_TEST_CASE(a_configuration_that_others_can_write_does_not_say_which_files_are_written) {
    auto const log = elsewhere.path() / "profile.sh";
    auto const metrics = elsewhere.path() / "x.prom";
    auto const victim = elsewhere.write("passwd", "root\n");
    fs::permissions(victim, fs::perms(0644));
    there.write_config(writing::seeds, {},
                       "log_file = " + log.string() + "\ntmp_file = " + victim.string() +
                           "\nmetrics_file = " + metrics.string() + "\n");
    fs::permissions(there.config(), fs::perms(0666));
    auto const ran = there.once();
    BOOST_TEST(!fs::exists(log));
    BOOST_TEST(!fs::exists(metrics));
    BOOST_TEST(read_file(victim) == "root\n");
    BOOST_TEST(ran.err.find("log_file, metrics_file, tmp_file and api_key_file do not count") !=
                   std::string::npos,
               ran.err);
    BOOST_TEST(reports() == 1U);
    fs::permissions(there.config(), fs::perms(0600));
    (void)there.once();
    BOOST_TEST(read_file(log).find("report accepted") != std::string::npos);
    BOOST_TEST(fs::exists(metrics));
}

BOOST_AUTO_TEST_CASE(a_configuration_that_was_mended_is_read_again) {
    fs::permissions(there.config(), fs::perms(0646));
    auto const daemon = there.daemon();
    BOOST_TEST(report(1).report.find("not run: ") != std::string::npos);
    fs::permissions(there.config(), fs::perms(0600));
    BOOST_TEST(
        eventually([&] { return report(reports()).report.find("ran\n") != std::string::npos; }));
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_CASE(what_others_could_have_written_is_not_taken_over_before_it_is_mended) {
    auto const daemon = there.daemon();
    (void)report(1);
    auto const app = there.write("etc/trafikito.app", "");
    fs::permissions(app, fs::perms(0666));
    (void)there.write("etc/trafikito.app", "command_env = LOOSE=1\nlog_level = debug\n");
    BOOST_REQUIRE(daemon->wrote("not taken over, since others could have written it"));
    BOOST_TEST(daemon->err().find(" debug ") == std::string::npos);
    fs::permissions(app, fs::perms(0644)); // by whoever has looked at what it says
    BOOST_TEST(daemon->wrote(" debug "));
    daemon->signal(SIGTERM);
    BOOST_TEST(exited(daemon->wait(), 0));
}

BOOST_AUTO_TEST_CASE(a_config_map_runs_with_the_switch_and_not_without,
                     *boost::unit_test::precondition(may_mount)) {
    auto const mount = there.base() / "mounted";
    fs::create_directory(mount);
    list_is(mount / "available_commands.sh");
    there.environment["mount"] = mount.string();
    there.environment["more"] = "strict_modes = no\\n";
    auto const strict =
        in_own_mounts(there, std::string(config_map) + "exec $agent --config $config --once");
    BOOST_TEST(report(1).report.find("not run: " + mount.string() + ": ") != std::string::npos,
               report(1).report);
    BOOST_TEST(strict.err.find("no chmod helps on a read-only mount") != std::string::npos,
               strict.err);
    BOOST_TEST(strict.err.find("chmod go-w") == std::string::npos, strict.err);
    // The configuration that has the switch may lie there, too.
    there.environment["TRAFIKITO_BASE_DIR"] = there.base().string();
    auto const loose = in_own_mounts(there, std::string(config_map) +
                                                "exec $agent --config $mount/trafikito.cfg --once");
    BOOST_TEST(exited(loose, 0));
    BOOST_TEST(report(2).report.find("ran\n") != std::string::npos, report(2).report);
    BOOST_TEST(loose.err.find("strict_modes = no: commands run although") != std::string::npos,
               loose.err);
}

BOOST_AUTO_TEST_CASE(a_lock_that_a_user_holds_keeps_no_agent_from_starting,
                     *boost::unit_test::precondition(is_root)) {
    auto const var = there.base() / "var";
    fs::permissions(there.base(), fs::perms(0755));
    fs::permissions(elsewhere.path(), fs::perms(0755));
    must_run();
    auto const user = std::to_string(stranger);
    program const holder({"/usr/bin/env", "setpriv", "--reuid", user, "--regid", user,
                          "--clear-groups", "sh", "-c",
                          "flock -n " + var.string() +
                              "/trafikito.lock true 2>/dev/null || "
                              "exec flock " +
                              var.string() + " sh -c 'echo held >&2; sleep 1000'"},
                         {"PATH=/usr/bin:/bin"});
    BOOST_REQUIRE(holder.wrote("held"));
    must_run();
}

BOOST_AUTO_TEST_SUITE_END()
