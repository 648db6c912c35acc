// Suite ours_alone: what only the two programs of this project say to each other (doc/protocol.md,
// "Ours alone"): results, when a late report was collected, and which one came twice.
#include "test/e2e/installation.hpp"
#include "test/e2e/self_hosted.hpp"
#include "test/support/eventually.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>

using namespace trafikito::test;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

/// A server, and a machine that is enrolled there.
struct ours_fixture {
    ours_fixture() { enrol(server); }

    void enrol(self_hosted const& at) const {
        auto const enrolled =
            run({TRAFIKITO_AGENT, "enroll", "--api-url", at.url(), "--ca-file",
                 at.ca_file().string(), "--user-api-key-file", at.user_key_file().string(),
                 "--workspace-id", "default", "--server-name", "m", "--base-dir", base.string()},
                {"PATH=/usr/bin:/bin"});
        BOOST_REQUIRE(exited(enrolled, 0));
        (void)here.write("machine/available_commands.sh",
                         "trafikito_bad=\"echo bad; exit 3\"\ntrafikito_good=\"echo good\"\n");
    }

    /// The same as another machine would have it: what stands in `file` is another word there. A
    /// machine that has no such file in its /etc gets an /etc of its own.
    [[nodiscard]] finished once_where(std::string const& file, std::string const& word,
                                      std::string const& what = "--once") {
        auto const other = here.write("other", word + "\n").string();
        auto const etc = (here.path() / "etc").string();
        auto const make = "[ -e " + file + " ] || { [ -d " + etc + " ] || cp -a /etc " + etc +
                          "; mount --bind " + etc + " /etc; : >" + file + "; }; ";
        return run({"/usr/bin/unshare", "-m", "/bin/sh", "-c",
                    make + "mount --bind " + other + " " + file + " && exec \"$@\"", "sh",
                    TRAFIKITO_AGENT, "--config", (base / "etc/trafikito.cfg").string(), what},
                   {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TRAFIKITO_INTERVAL=1s"});
    }

    [[nodiscard]] finished once(std::vector<std::string> more = {}) const {
        std::vector<std::string> environment{"PATH=/usr/bin:/bin", "TRAFIKITO_INTERVAL=1s",
                                             "TRAFIKITO_RETRIES=0"};
        environment.insert(environment.end(), more.begin(), more.end());
        return run({TRAFIKITO_AGENT, "--config", (base / "etc/trafikito.cfg").string(), "--once"},
                   environment);
    }

    /// The reports that are stored, in the order in which they came.
    [[nodiscard]] std::vector<json::object> stored() const {
        auto const shown = server.run({"outputs", "--json", "--last", "100"});
        std::vector<json::object> all;
        std::istringstream lines(shown.out);
        for (std::string line; std::getline(lines, line);) {
            all.push_back(json::parse(line).as_object());
        }
        return all;
    }

    self_hosted server;
    temporary_directory here;
    fs::path base = here.path() / "machine";
};

} // namespace

/// Whether this test may give a process files of its own.
boost::test_tools::assertion_result can_mount(boost::unit_test::test_unit_id) {
    auto const tried = run({"/usr/bin/unshare", "-m", "/bin/mount", "--bind", "/bin/sh", "/bin/sh"},
                           {"PATH=/usr/bin:/bin"});
    boost::test_tools::assertion_result may(tried.code == 0);
    may.message() << "needs mount namespaces: " << tried.err;
    return may;
}

BOOST_FIXTURE_TEST_SUITE(ours_alone, ours_fixture)

BOOST_AUTO_TEST_CASE(a_server_of_ours_learns_what_became_of_each_command) {
    BOOST_TEST(exited(once(), 0)); // asks for what enrolment told; the list was changed since
    BOOST_TEST(exited(once(), 0));
    auto const text = json::serialize(stored().back());
    BOOST_TEST(text.find(R"("command":"trafikito_bad","exitCode":3)") != std::string::npos, text);
    BOOST_TEST(text.find(R"("command":"trafikito_good","exitCode":0)") != std::string::npos, text);
    BOOST_TEST(stored().back().at("collected_at").is_null(), text);
}

BOOST_AUTO_TEST_CASE(a_late_report_says_when_it_was_collected_and_is_stored_once) {
    BOOST_TEST(exited(once(), 0));
    auto const away = once({"TRAFIKITO_API_URL=https://127.0.0.1:1"});
    BOOST_TEST(exited(away, 1));
    BOOST_TEST(away.err.find("the last one is run and its report kept") != std::string::npos,
               away.err);
    auto const kept = fs::directory_iterator(base / "var/spool")->path();
    auto const copy = here.path() / "copy";
    fs::copy_file(kept, copy);
    auto const before = stored().size();
    BOOST_TEST(exited(once(), 0));
    auto const now = stored();
    BOOST_REQUIRE(now.size() == before + 2);
    auto const late = std::ranges::count_if(
        now, [](auto const& one) { return !one.at("collected_at").is_null(); });
    BOOST_TEST(late == 1);
    // As if its answer had been lost.
    fs::copy_file(copy, kept);
    BOOST_TEST(exited(once(), 0));
    BOOST_TEST(stored().size() == before + 3);
    BOOST_TEST(fs::is_empty(base / "var/spool"));
}

BOOST_AUTO_TEST_CASE(a_machine_and_its_copy_are_told_apart_by_their_boots,
                     *boost::unit_test::precondition(can_mount)) {
    constexpr char const* boot = "/proc/sys/kernel/random/boot_id";
    constexpr char const* other = "b0b0b0b0-0000-4000-8000-000000000000";
    BOOST_TEST(exited(once(), 0));
    BOOST_TEST(exited(once_where(boot, other), 0));
    BOOST_TEST(server.run({"servers"}).out.find("two machines") == std::string::npos);
    BOOST_TEST(exited(once(), 0));
    auto const shown = server.run({"servers"}).out;
    BOOST_TEST(shown.find("two machines or more ask as ") != std::string::npos, shown);
    auto const listed = json::parse(server.run({"servers", "--json"}).out).as_array();
    BOOST_TEST(listed.at(0).at("severalMachines").is_string());
}

BOOST_AUTO_TEST_CASE(another_machine_id_is_told_as_a_copy,
                     *boost::unit_test::precondition(can_mount)) {
    BOOST_TEST(once_where("/etc/machine-id", std::string(32, '1')).err.find("is a copy") ==
               std::string::npos);
    auto const checked = once_where("/etc/machine-id", std::string(32, '2'), "check");
    BOOST_TEST(exited(checked, 0));
    BOOST_TEST(checked.out.find("warning: this installation is a copy") != std::string::npos,
               checked.out);
    auto const copy = once_where("/etc/machine-id", std::string(32, '2'));
    BOOST_TEST(exited(copy, 0)); // it is said, and nothing else
    BOOST_TEST(copy.err.find("this installation is a copy") != std::string::npos, copy.err);
    BOOST_TEST(copy.err.find("trafikito-agent enroll") != std::string::npos, copy.err);
    BOOST_TEST(once_where("/etc/machine-id", "uninitialized").err.find("is a copy") ==
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_least_interval_of_the_server_is_followed_and_said) {
    self_hosted const strict("2s");
    fs::remove_all(base);
    enrol(strict);
    program const daemon(
        {TRAFIKITO_AGENT, "--config", (base / "etc/trafikito.cfg").string()},
        {"PATH=/usr/bin:/bin", "TRAFIKITO_INTERVAL=1s", "TRAFIKITO_RANDOM_NUMBER=0"});
    BOOST_REQUIRE(daemon.wrote("the API takes at most one order in 2 s"));
    auto const three_reports = [&] {
        auto const out = strict.run({"outputs", "--json", "--last", "100"}).out;
        return std::ranges::count(out, '\n') >= 3;
    };
    BOOST_TEST(eventually(three_reports));
    BOOST_TEST(daemon.err().find("SEND_DATA_ONCE") == std::string::npos, daemon.err());
    auto const looked =
        run({TRAFIKITO_AGENT, "--config", (base / "etc/trafikito.cfg").string(), "status"},
            {"PATH=/usr/bin:/bin", "TRAFIKITO_INTERVAL=1s"});
    BOOST_TEST(looked.out.find(" every 2 s (the least that the API takes; configured is interval = "
                               "1 s)") != std::string::npos,
               looked.out);
}

BOOST_AUTO_TEST_SUITE_END()
