// What takes long, and is measured with --full only: thousands of cycles, minutes in which nothing
// is due, the build from nothing.
#include "test/bench/waiting.hpp"
#include "test/bench/workbench.hpp"
#include "test/support/notify_socket.hpp"

#include <csignal>
#include <cstdlib>
#include <memory>
#include <sstream>

namespace trafikito::test::bench {

namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

// --- growth --------------------------------------------------------------------------------------

/// A line of soak: `  1000 cycles: 9876 KiB resident (… ), 12 descriptors, 1 threads`.
struct soaked {
    double cycles = 0;
    double resident = 0; ///< KiB
    double descriptors = 0;
};

double number_before(std::string const& line, std::string const& word) {
    auto const at = line.find(" " + word);
    auto const begin = at == std::string::npos ? at : line.find_last_not_of("0123456789", at - 1);
    return begin == std::string::npos ? std::atof(line.c_str())
                                      : std::atof(line.c_str() + begin + 1);
}

std::vector<soaked> read_soak(std::string const& text) {
    std::vector<soaked> all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.find(" cycles: ") != std::string::npos) {
            all.push_back({number_before(line, "cycles"), number_before(line, "KiB resident"),
                           number_before(line, "descriptors")});
        }
    }
    return all;
}

// --- idle ----------------------------------------------------------------------------------------

long voluntary_switches(process const& of) {
    long sum = 0;
    for (auto const& task : fs::directory_iterator("/proc/" + std::to_string(of.pid()) + "/task")) {
        auto const text = content_of(task.path() / "status");
        auto const at = text.find("\nvoluntary_ctxt_switches:");
        sum += at == std::string::npos ? 0 : std::atol(text.c_str() + at + 25);
    }
    return sum;
}

/// How often the service manager was told that the agent is alive, since it was asked last.
long take_signs_of_life(notify_socket const& manager) {
    long signs = 0;
    for (auto text = manager.message(); !text.empty(); text = manager.message()) {
        signs += text.find("WATCHDOG=1") != std::string::npos ? 1 : 0;
    }
    return signs;
}

figure wake_ups(std::string const& id, std::string const& name, double limit) {
    figure one;
    one.id = id;
    one.name = name;
    one.digits = 0;
    one.wanted = {goal::bound::at_most, limit, false};
    return one;
}

// --- build ---------------------------------------------------------------------------------------

/// Minutes of `./dev WORDS` in a clone that has no build/, on two processors, without ccache; or
/// why not, in `note`.
void time_build(figure& one, fs::path const& clone, std::vector<std::string> words) {
    fs::remove_all(clone / "build");
    words.insert(words.begin(), {installed_program("taskset"), "-c", "0,1", "./dev"});
    start_options how(std::move(words));
    how.directory = clone;
    auto const* const home = std::getenv("HOME");
    how.environment = {"CCACHE_DISABLE=1", std::string("HOME=") + (home == nullptr ? "/" : home),
                       "LANG=C.UTF-8"};
    auto const begun = steady_clock::now();
    auto const ended = run(how, std::chrono::hours(1));
    if (ended.code != 0) {
        one.note = "it ended with " + std::to_string(ended.code) + ": " +
                   ended.output.substr(ended.output.size() < 300 ? 0 : ended.output.size() - 300);
        return;
    }
    one.values.add(std::chrono::duration<double>(steady_clock::now() - begun).count() / 60);
}

} // namespace

void measure_growth(workbench& bench) {
    workbench::say("10,000 cycles (some ten minutes)");
    auto const ended = run(start_options({bench.with.soak, "10000"}), std::chrono::hours(2));
    auto const lines = read_soak(ended.output);
    figure memory;
    memory.id = "growth_rss";
    memory.name = "Growth over 10,000 cycles: RSS";
    memory.unit = "KiB";
    memory.digits = 0;
    memory.wanted = {goal::bound::at_most, 64, false};
    figure descriptors =
        wake_ups("growth_descriptors", "Growth over 10,000 cycles: descriptors", 0);
    auto const note = std::string(
        "by `soak`: the agent's own cycles with real commands, files and faults of API and disk "
        "by the dice, but a clock and an API of the test's; from cycle 1,000 on");
    memory.note = note + "; pages that come and go are no growth up to 64 KiB";
    descriptors.note = note;
    if (lines.size() < 2) {
        memory.note = descriptors.note =
            "soak ended with " + std::to_string(ended.code) + ": " + ended.output;
    } else {
        memory.values.add(lines.back().resident - lines.front().resident);
        bool const same = ended.output.find("threads the same") != std::string::npos;
        descriptors.values.add(same ? 0 : lines.back().descriptors - lines.front().descriptors);
    }
    plot picture{"growth.svg", "Resident memory of the soak", "MiB", "cycles", {}, {{"soak", {}}}};
    for (auto const& one : lines) {
        picture.lines.front().points.emplace_back(one.cycles, one.resident / 1024);
    }
    bench.plots.push_back(picture);
    bench.add(memory);
    bench.add(descriptors);
}

void measure_idle(workbench& bench) {
    workbench::say("an idle minute");
    auto const& who = bench.runners.front();
    auto const socket = bench.directory / "notify";
    notify_socket const manager(socket.string());
    std::vector<std::unique_ptr<installation>> places;
    std::vector<std::unique_ptr<cycling>> agents;
    for (bool const watched : {false, true}) {
        auto const name = std::string("idle") + (watched ? "-watched" : "");
        places.push_back(std::make_unique<installation>(bench.with, bench.server,
                                                        bench.directory / name, who.user));
        auto how = places.back()->how();
        how.environment = {"TRAFIKITO_INTERVAL=10m", "TRAFIKITO_RANDOM_NUMBER=0"};
        if (watched) { // as deploy/systemd has it
            how.environment.insert(how.environment.end(),
                                   {"NOTIFY_SOCKET=" + socket.string(), "WATCHDOG_USEC=60000000"});
        }
        agents.emplace_back(new cycling(places.back()->start(how))); // it cannot be moved
    }
    for (auto const& one : agents) {
        one->wait_for_cycles(1);
        one->running.wait_until_quiet();
    }
    // The server closes a connection that was not used for 75 s: in this time, not in the minute.
    pass(std::chrono::seconds(80));
    std::vector<long> before;
    for (auto const& one : agents) {
        before.push_back(voluntary_switches(one->running));
    }
    (void)take_signs_of_life(manager);
    pass(std::chrono::seconds(60));
    auto const alone = voluntary_switches(agents[0]->running) - before[0];
    auto const watched = voluntary_switches(agents[1]->running) - before[1];
    auto const asked = take_signs_of_life(manager);
    auto one = wake_ups("wake_ups", "Wake-ups of an idle minute, without systemd", 0);
    one.values.add(static_cast<double>(alone));
    one.note = "voluntary context switches between two cycles ten minutes apart, from the second "
               "minute on";
    bench.add(one);
    auto other = wake_ups("wake_ups_watched",
                          "Wake-ups of an idle minute beyond the watchdog's, under systemd", 2);
    other.values.add(static_cast<double>(watched - asked));
    other.note = std::to_string(asked) + " signs of life for WatchdogSec=60s in that minute";
    bench.add(other);
    for (auto const& each : agents) {
        each->running.end(SIGTERM);
    }
}

void measure_build(workbench& bench) {
    workbench::say("the build from nothing, on two processors, without ccache (some 15 minutes)");
    figure demo;
    demo.id = "build_demo";
    demo.name = "`./dev demo --once` from nothing";
    demo.unit = "min";
    demo.wanted = {goal::bound::at_most, 4, false};
    auto test = demo;
    test.id = "build_test";
    test.name = "`./dev test` from nothing";
    test.wanted->limit = 8;
    auto const git = installed_program("git");
    if (git.empty() || installed_program("taskset").empty() ||
        !fs::exists(fs::path(TRAFIKITO_SOURCE) / ".git")) {
        demo.note = test.note = "it takes git, taskset (util-linux) and a clone";
    } else {
        auto const clone = bench.directory / "clone";
        (void)run_well(
            start_options({git, "clone", "-q", "--no-hardlinks", TRAFIKITO_SOURCE, clone}));
        demo.note = test.note =
            "of what is committed; packages are installed already, ccache is off";
        time_build(demo, clone, {"demo", "--once"});
        time_build(test, clone, {"test"});
        fs::remove_all(clone);
    }
    bench.add(demo);
    bench.add(test);
}

} // namespace trafikito::test::bench
