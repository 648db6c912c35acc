// Cycles by the thousand, with real commands and an API, a disk and processes that fail at random:
// does the agent grow? Prints resident memory, descriptors and threads, and exits with 1 when
// memory left its band of 64 KiB behind the 500th cycle, or the others changed at all.
//
//     soak [CYCLES [SEED [DIRECTORY]]]        10000 cycles, seed 1, below /dev/shm
#include "agent/cycle/cycle.hpp"
#include "test/agent/fake_api.hpp"
#include "test/agent/fake_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <unistd.h>

using namespace trafikito;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr int warm_up = 500;
constexpr long band_kib = 64;

long count_in(char const* directory) {
    return std::distance(fs::directory_iterator(directory), fs::directory_iterator());
}

long resident_kib() {
    std::ifstream statm("/proc/self/statm");
    long all = 0;
    long resident = 0;
    statm >> all >> resident;
    return resident * ::sysconf(_SC_PAGESIZE) / 1024;
}

class soak {
public:
    soak(fs::path base, unsigned seed) : base_(std::move(base)), engine_(seed) {
        fs::create_directories(base_ / "var");
        std::ofstream(base_ / "available_commands.sh")
            << "trafikito_true=\"true\"\n"
               "trafikito_lines=\"seq 1 2000\"\n"
               "trafikito_fails=\"echo no >&2; exit 3\"\n"
               "#: every=5m\ntrafikito_seldom=\"date\"\n"
               "#: timeout=100ms\ntrafikito_hangs=\"trap '' TERM; sleep 1000\"\n"
               "trafikito_leaves=\"(setsid sleep 1000 &)\"\n";
        settings_.base_dir = base_;
        settings_.var_dir = base_ / "var";
        settings_.tmp_file = base_ / "var/trafikito.tmp";
        settings_.available_commands = base_ / "available_commands.sh";
        settings_.kill_grace = 20ms;
        settings_.spool_max_size = 256UL * 1024;
        around_ = exec::clean_environment(base_, "/", "nobody");
        to_.limit_repeats([this] { return time_.steady_now(); });
    }

    void cycle() {
        prepare();
        agent::cycle::cycle_tools const tools{.settings = settings_,
                                              .around = around_,
                                              .api = api_,
                                              .time = time_,
                                              .log = to_,
                                              .state = state_,
                                              .pace = pace_,
                                              .feedback = gate_,
                                              .cache = cache_,
                                              .warden = warden_,
                                              .spool = spool_,
                                              .audit = audit_};
        bool ended = false;
        boost::asio::co_spawn(context_, agent::cycle::run_cycle(tools),
                              [&](std::exception_ptr const& failed, agent::cycle::cycle_outcome) {
                                  ended = true;
                                  if (failed) {
                                      std::rethrow_exception(failed);
                                  }
                              });
        while (!ended) {
            context_.run_one();
        }
        api_.previous.clear();
        api_.reports.clear();
        api_.tokens.clear();
        api_.collected_at.clear();
        api_.ids.clear();
        api_.feedback.clear();
        time_.jump(60s);
    }

    void end() {
        warden_.stop();
        context_.run();
    }

private:
    bool one_in(unsigned count) { return engine_() % count == 0; }

    void prepare() {
        net::api::order order;
        order.token = "token-" + std::to_string(engine_());
        order.names = {"trafikito_true", "trafikito_lines", "trafikito_seldom"};
        for (auto const* name :
             {"trafikito_fails", "trafikito_leaves", "trafikito_none", "no; name"}) {
            if (one_in(4)) {
                order.names.emplace_back(name);
            }
        }
        if (one_in(50)) {
            order.names.emplace_back("trafikito_hangs");
        }
        api_.next_answer = net::api::order_answer(order);
        if (one_in(5)) {
            api_.next_answer = test::failure_of(one_in(2) ? 503 : 0);
        } else if (one_in(10)) {
            api_.next_answer = net::api::order_answer(net::api::unchanged());
        } else if (one_in(20)) {
            api_.next_answer = net::api::order_answer(net::api::api_error{"#x", "NO"});
        }
        api_.report_answer = {};
        if (one_in(4)) {
            api_.report_answer = test::failure_of(one_in(3) ? 413 : 503);
        }
        if (one_in(40)) { // the disk takes nothing for once
            fs::remove_all(base_ / "var/spool");
            std::ofstream(base_ / "var/spool") << "in the way";
        } else if (fs::is_regular_file(base_ / "var/spool")) {
            fs::remove(base_ / "var/spool");
        }
    }

    fs::path base_;
    std::mt19937 engine_;
    boost::asio::io_context context_{1};
    exec::warden warden_{context_.get_executor()};
    config::settings settings_;
    exec::execution_environment around_;
    test::fake_api api_;
    test::fake_clock time_;
    base::log to_{[](std::string_view) {}, base::severity::info, base::log::format::text};
    agent::persistence::state_file state_{base_ / "var/trafikito.state"};
    agent::cycle::order_pace pace_{state_, time_};
    agent::persistence::report_spool spool_{base_ / "var/spool"};
    agent::persistence::audit audit_{base_ / "var", time_, to_};
    agent::cycle::feedback_gate gate_;
    agent::cycle::result_cache cache_;
};

int run(int cycles, unsigned seed, fs::path const& base) {
    soak agent(base, seed);
    long at_warm_up = 0;
    long least = 0;
    long most = 0;
    long descriptors = 0;
    long threads = 0;
    bool same = true;
    for (int done = 1; done <= cycles; ++done) {
        agent.cycle();
        auto const now = resident_kib();
        auto const open = count_in("/proc/self/fd");
        auto const running = count_in("/proc/self/task");
        if (done == std::min(warm_up, cycles)) {
            at_warm_up = least = most = now;
            descriptors = open;
            threads = running;
        }
        if (done > warm_up) {
            least = std::min(least, now);
            most = std::max(most, now);
            // A result that is repeated (`every=`) may hold a file of its own for a while.
            same = same && std::abs(open - descriptors) <= 2 && running == threads;
        }
        if (done % 1000 == 0 || done == cycles) {
            std::printf(
                "%6d cycles: %ld KiB resident (%ld to %ld since cycle %d), %ld descriptors, "
                "%ld threads\n",
                done, now, least, most, warm_up, open, running);
            std::fflush(stdout);
        }
    }
    agent.end();
    bool const flat = most - at_warm_up <= band_kib && at_warm_up - least <= band_kib;
    std::printf("memory %s, descriptors and threads %s\n", flat ? "flat" : "NOT FLAT",
                same ? "the same" : "NOT THE SAME");
    return flat && same ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    int const cycles = argc > 1 ? std::atoi(argv[1]) : 10'000;
    auto const seed = static_cast<unsigned>(argc > 2 ? std::atoi(argv[2]) : 1);
    auto const base = fs::path(argc > 3 ? argv[3] : "/dev/shm") /
                      ("trafikito-soak-" + std::to_string(::getpid()));
    int const code = run(cycles, seed, base);
    fs::remove_all(base);
    return code;
}
