// Suite refused_calls: a kernel that has not got, or a filter that does not allow, what the agent
// asks for. Each system call in turn, with both errors: a cycle goes its way all the same, a
// command whose time is over is stopped, and nothing is left; or the agent says at its start what
// it needs.
#include "test/e2e/installation.hpp"

#include "test/support/eventually.hpp"
#include "test/support/sanitized.hpp"
#include "test/support/system_call_filter.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace trafikito::test;

namespace {

/// What stands before a program so that the kernel refuses it a call. As root also without the
/// cgroups that would find every leftover: without them it is harder.
std::vector<std::string> refusing(std::string_view call, std::string const& error,
                                  std::string const& also_without = {}) {
    std::vector<std::string> words{TRAFIKITO_REFUSE_CALL, std::string(call), error};
    if (::geteuid() == 0) {
        auto script = "mount -t tmpfs none /sys/fs/cgroup; " + also_without + " exec \"$@\"";
        words.insert(words.begin(),
                     {"/usr/bin/unshare", "-m", "/bin/sh", "-c", std::move(script), "sh"});
    }
    return words;
}

/// One installation whose commands say who they started, and an agent that makes one cycle there.
class trial {
public:
    trial(std::string_view call, std::string error, std::string const& also_without = {})
        : name_(std::string(call) + " " + error), talk_(2) {
        talk_.commands(
            "trafikito_quick=\"echo quick\"\n"
            "trafikito_left=\"setsid sleep 1000 & echo \\$! > var/left.pid; echo left\"\n"
            "#: timeout=1s\n"
            "trafikito_slow=\"sleep 1000 & echo \\$! > var/slow.pid; echo begun; wait; "
            "echo never\"\n");
        talk_.order({{"token quick,left,slow 55 0"}});
        talk_.there.environment["TRAFIKITO_KILL_GRACE"] = "200ms";
        auto words = refusing(call, error, also_without);
        for (auto const& word : {std::string(TRAFIKITO_AGENT), std::string("--config"),
                                 talk_.there.config().string(), std::string("--once")}) {
            words.push_back(word);
        }
        agent_ = std::make_unique<program>(std::move(words), environment());
    }

    void check_that_the_cycle_went_its_way() {
        BOOST_TEST_CONTEXT(name_) {
            auto const ended = agent_->wait();
            BOOST_TEST(exited(ended, 0));
            if (ended.code != 0) {
                return;
            }
            auto const report = talk_.report().report;
            for (auto const* text : {"quick\n", "left\n", "begun\n", "stopped after "}) {
                BOOST_TEST(report.find(text) != std::string::npos, text << " is not in " << report);
            }
            BOOST_TEST(report.find("\nnever\n") == std::string::npos, report);
            for (auto const* file : {"left.pid", "slow.pid"}) {
                auto const pid = std::stoi(read_file(talk_.there.base() / "var" / file));
                // Whoever has it now reaps it when it likes.
                BOOST_TEST(eventually([&] { return !is_there(pid) || is_zombie(pid); }),
                           file << " names process " << pid << ", which is there");
            }
        }
    }

    /// A warning, once, of what is worse without that call; nothing where there is another way.
    void check_what_it_said() {
        static std::map<std::string_view, std::string_view> const worse{
            {"prctl:CHILD_SUBREAPER", "prctl(PR_SET_CHILD_SUBREAPER) is refused"},
            {"prctl:DUMPABLE", "prctl(PR_SET_DUMPABLE) is refused"},
            {"prctl:PDEATHSIG", "prctl(PR_SET_PDEATHSIG) is refused"},
            {"clone3 EPERM", "clone3 is refused"},
            {"linux-4.18 EPERM", "clone3 is refused"},
            {"flock", "a second agent would not be noticed"},
        };
        auto const log = agent_->wait().err;
        std::string_view expected = name_.starts_with("prctl ") ? "prctl(" : "";
        for (auto const& [call, text] : worse) {
            expected = name_.starts_with(call) ? text : expected;
        }
        auto const at = log.find(" warning ");
        BOOST_TEST((at != std::string::npos) == !expected.empty(), name_ << " said " << log);
        BOOST_TEST(log.find(expected) != std::string::npos, name_ << " said " << log);
    }

    /// Whether it did not even begin, and says which call it needs.
    [[nodiscard]] bool was_refused_clearly(std::string_view call) {
        auto const ended = agent_->wait();
        return ended.code == 1 && ended.err.starts_with("trafikito-agent: error: ") &&
               ended.err.find(std::string(call) + " is refused") != std::string::npos &&
               ended.err.find("seccomp") != std::string::npos && talk_.api.requests().empty();
    }

    [[nodiscard]] std::string said() { return agent_->wait().err; }

private:
    static bool is_zombie(pid_t pid) {
        return proc_file(pid, "stat").find(") Z ") != std::string::npos;
    }

    /// A sanitizer could not look for leaks.
    [[nodiscard]] std::vector<std::string> environment() const {
        auto all = talk_.there.all_environment();
        all.emplace_back("ASAN_OPTIONS=detect_leaks=0");
        return all;
    }

    std::string name_;
    pair talk_;
    std::unique_ptr<program> agent_;
};

/// The only ones that nothing can take the place of.
bool is_indispensable(std::string_view call, std::string_view error) {
    return (call == "epoll_create1" && error == "EPERM") || call == "fcntl" || call == "pipe2" ||
           call == "rt_sigaction";
}

using trafikito::test::sanitized;

/// A sanitizer reads limits and /proc itself, and gives up without them.
bool can_be_tried(std::string_view call, std::string_view error) {
    return !is_indispensable(call, error) && !(sanitized && call.starts_with("prlimit"));
}

auto const errors = boost::unit_test::data::make({"EPERM", "ENOSYS"});

} // namespace

BOOST_AUTO_TEST_SUITE(refused_calls)

BOOST_DATA_TEST_CASE(a_cycle_goes_its_way_without_any_one_of_them, errors, error) {
    constexpr std::size_t at_once = 16;
    auto const& all = refusable_calls();
    for (std::size_t begin = 0; begin < all.size(); begin += at_once) {
        std::vector<std::unique_ptr<trial>> trials;
        for (std::size_t at = begin; at < std::min(begin + at_once, all.size()); ++at) {
            if (can_be_tried(all[at].name, error)) {
                trials.push_back(std::make_unique<trial>(all[at].name, error));
            }
        }
        for (auto const& one : trials) {
            one->check_that_the_cycle_went_its_way();
            one->check_what_it_said();
        }
    }
}

BOOST_AUTO_TEST_CASE(what_nothing_can_replace_is_named_at_the_start) {
    for (auto const& [call, error] : std::vector<std::pair<std::string, std::string>>{
             {"epoll_create1", "EPERM"},
             {"fcntl", "EPERM"},
             {"fcntl", "ENOSYS"},
             {"pipe2", "EPERM"},
             {"pipe2", "ENOSYS"},
             {"rt_sigaction", "EPERM"},
             {"rt_sigaction", "ENOSYS"},
         }) {
        if (sanitized && call == "rt_sigaction") { // nor without this one
            continue;
        }
        trial without(call, error);
        BOOST_TEST(without.was_refused_clearly(call), without.said());
    }
}

BOOST_DATA_TEST_CASE(without_proc_too, errors, error) {
    if (::geteuid() != 0 || sanitized) {
        BOOST_TEST_MESSAGE("left out, for it takes root and no sanitizer: a machine without /proc");
        return;
    }
    for (auto const* const call : {"fallocate", "close_range", "pidfd_open", "linux-4.18"}) {
        trial without(call, error, "mount -t tmpfs none /proc;");
        without.check_that_the_cycle_went_its_way();
        BOOST_TEST(without.said().find("/proc is not mounted") != std::string::npos,
                   without.said());
    }
}

BOOST_DATA_TEST_CASE(signals_are_obeyed_and_those_of_commands_are_not, errors, error) {
    pair talk(2);
    talk.commands("trafikito_kill=\"kill -TERM \\$PPID; echo tried\"\n");
    talk.order({{"token kill 55 0"}});
    auto words = refusing("signalfd4", error);
    for (auto const& word :
         {std::string(TRAFIKITO_AGENT), std::string("--config"), talk.there.config().string()}) {
        words.push_back(word);
    }
    program agent(std::move(words), talk.there.all_environment());
    BOOST_TEST(talk.report(2).report.find("tried") != std::string::npos);
    BOOST_TEST(agent.wrote("SIGTERM ignored: trafikito_kill sent it"));
    agent.signal(SIGTERM);
    BOOST_TEST(exited(agent.wait(), 0));
}

BOOST_AUTO_TEST_SUITE_END()
