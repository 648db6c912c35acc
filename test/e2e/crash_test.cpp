// Suite crash: the agent is killed in front of each of its system calls that anybody could notice,
// one after the other, and started again. What it had gathered arrives, and what was accepted does
// not come again.
#include "test/e2e/installation.hpp"
#include "test/e2e/killed_program.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <thread>

using namespace trafikito::test;

namespace {

constexpr std::size_t at_once = 12; ///< mostly they wait for the next interval

/// The line that the command of this test printed, which no other run of it prints.
std::string run_named_in(std::string const& report) {
    auto const at = report.find("run-");
    return at == std::string::npos ? "" : report.substr(at, report.find('\n', at) - at);
}

/// One installation with an API, on which one agent after the other is killed.
struct scene {
    /// `elsewhere`: tmp_file is on another file system.
    scene(int version, bool elsewhere) : both(version) {
        if (elsewhere) {
            tmp_file = "/dev/shm/" + both.there.base().filename().string();
            both.there.environment["TRAFIKITO_TMP_FILE"] = tmp_file.string();
        }
        both.commands("trafikito_n=\"echo run-\\$(cat /proc/sys/kernel/random/uuid)\"\n");
        both.order({{version == 1 ? "tok,trafikito_n" : "tok n 55 0"}});
    }

    [[nodiscard]] std::vector<std::string> kept() const {
        std::vector<std::string> runs;
        if (auto const sealed = both.there.sealed_report(); !sealed.empty()) {
            runs.push_back(run_named_in(sealed));
        }
        auto const spool = both.there.base() / "var/spool";
        if (std::filesystem::exists(spool)) {
            for (auto const& one : std::filesystem::directory_iterator(spool)) {
                if (one.path().extension() == ".report") {
                    runs.push_back(run_named_in(read_file(one.path())));
                }
            }
        }
        return runs;
    }

    /// How often each run was reported.
    [[nodiscard]] std::map<std::string, std::size_t> received() const {
        std::map<std::string, std::size_t> count;
        for (auto const* path : {v1_output, v2_output}) {
            for (auto const& one : both.api.requests(path)) {
                ++count[run_named_in(one.report)];
            }
        }
        return count;
    }

    ~scene() {
        std::error_code ignored;
        std::filesystem::remove(tmp_file, ignored);
    }
    scene(scene const&) = delete;
    scene& operator=(scene const&) = delete;

    pair both;
    std::filesystem::path tmp_file; ///< if it is not where it usually is
};

bool has_another_file_system(boost::unit_test::test_unit_id /*of*/) {
    struct stat one{};
    struct stat other{};
    return ::stat(std::filesystem::temp_directory_path().c_str(), &one) == 0 &&
           ::stat("/dev/shm", &other) == 0 && one.st_dev != other.st_dev &&
           ::access("/dev/shm", W_OK) == 0;
}

/// Kills at that call, starts again, and says what is wrong; empty when nothing is.
std::string judge_one(scene& at, std::size_t number, bool& killed) {
    std::vector<std::string> const once{TRAFIKITO_AGENT, "--config",
                                        at.both.there.config().string(), "--once"};
    auto environment = at.both.there.all_environment();
    // It cannot look for leaks while it is traced.
    environment.emplace_back("ASAN_OPTIONS=detect_leaks=0");
    auto const crash = run_until(once, environment, number);
    killed = crash.killed;
    auto const kept = at.kept();
    auto const offered = at.received();
    auto const again = run_until(once, environment, SIZE_MAX);
    auto const after = at.received();
    std::ostringstream wrong;
    if (again.code != 0) {
        wrong << "the next agent ended with " << again.code << "; ";
    }
    for (auto const& run : kept) {
        auto const sent_before = offered.contains(run) ? offered.at(run) : 0;
        if (!after.contains(run) || after.at(run) != sent_before + 1) {
            wrong << "a report that was kept did not come (once more); ";
        }
    }
    for (auto const& [run, count] : after) {
        bool const was_kept = std::ranges::find(kept, run) != kept.end();
        auto const allowed = offered.contains(run) ? offered.at(run) : 1;
        if (!was_kept && count != allowed) {
            wrong << "a report that was not kept came again; ";
        }
    }
    if (!at.kept().empty()) {
        wrong << "something still waits; ";
    }
    return wrong.str().empty()
               ? ""
               : "killed at " + std::to_string(number) + " (" + crash.at + "): " + wrong.str();
}

void check_all(int version, bool elsewhere = false) {
    std::atomic<std::size_t> next = 0;
    std::atomic<std::size_t> most = SIZE_MAX; ///< calls that it makes
    std::mutex mutex;
    std::vector<std::string> wrong;
    std::size_t killed_count = 0;
    std::vector<std::unique_ptr<scene>> scenes;
    for (std::size_t count = 0; count < at_once; ++count) {
        scenes.push_back(std::make_unique<scene>(version, elsewhere));
    }
    std::vector<std::thread> workers;
    for (auto& one : scenes) {
        workers.emplace_back([&, at = one.get()] {
            for (auto number = next++; number < most; number = next++) {
                bool killed = false;
                auto const problem = judge_one(*at, number, killed);
                std::lock_guard const lock(mutex);
                killed_count += killed ? 1 : 0;
                most = killed ? most.load() : std::min(most.load(), number);
                if (!problem.empty()) {
                    wrong.push_back(problem);
                }
            }
        });
    }
    for (auto& worker : workers) {
        worker.join();
    }
    for (auto const& problem : wrong) {
        BOOST_ERROR(problem);
    }
    BOOST_TEST(killed_count > 20U);
    if (elsewhere) {
        BOOST_TEST(std::filesystem::exists(scenes.front()->tmp_file));
        BOOST_TEST(
            std::filesystem::exists(scenes.front()->both.there.base() / "var/trafikito.sealed"));
    }
    BOOST_TEST_MESSAGE("killed at " << killed_count << " system calls");
}

} // namespace

BOOST_AUTO_TEST_SUITE(crash)

BOOST_AUTO_TEST_CASE(killed_at_any_call_of_a_v1_cycle_nothing_is_lost) {
    check_all(1);
}

BOOST_AUTO_TEST_CASE(killed_at_any_call_of_a_v2_cycle_nothing_is_lost) {
    check_all(2);
}

BOOST_AUTO_TEST_CASE(killed_at_any_call_with_tmp_file_on_another_file_system_nothing_is_lost,
                     *boost::unit_test::precondition(has_another_file_system)) {
    check_all(2, true);
}

BOOST_AUTO_TEST_SUITE_END()
