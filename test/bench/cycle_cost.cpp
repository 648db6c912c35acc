// What a cycle costs of the processor: ten trivial commands over TLS, one cycle a second; the agent
// with its children, and the agent alone; in turn with the floor, and with the peers.
#include "test/bench/contenders.hpp"
#include "test/bench/control_group.hpp"
#include "test/bench/waiting.hpp"
#include "test/bench/workbench.hpp"

#include <csignal>
#include <limits>
#include <memory>

namespace trafikito::test::bench {

namespace {

constexpr std::size_t warm_up = 3;
constexpr std::size_t cycles = 15;

double milliseconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

/// Between two pauses, `cycles` apart, while it goes on.
cost within_group(control_group const& group, starter const& start) {
    auto one = start(group.procs());
    one.wait_for_cycles(warm_up);
    one.running.wait_until_quiet();
    auto const count = one.cycles();
    auto const whole = group.usage();
    auto const own = one.running.own_time();
    one.wait_for_cycles(count + cycles);
    one.running.wait_until_quiet();
    auto const passed = static_cast<double>(one.cycles() - count);
    cost const result{milliseconds(group.usage() - whole) / passed,
                      milliseconds(one.running.own_time() - own) / passed};
    one.running.end(SIGTERM);
    return result;
}

/// Where there is no group to be had: a long life less a short one, by what wait4(2) says of each.
cost by_two_lives(starter const& start) {
    auto const live = [&](std::size_t number) {
        auto one = start({});
        one.wait_for_cycles(number);
        one.running.wait_until_quiet();
        auto const own = one.running.own_time();
        auto const count = static_cast<double>(one.cycles());
        one.running.end(SIGTERM);
        return std::tuple(milliseconds(one.running.usage()), milliseconds(own), count);
    };
    auto const [short_whole, short_own, short_count] = live(warm_up);
    auto const [long_whole, long_own, long_count] = live(warm_up + cycles);
    auto const passed = long_count - short_count;
    return {(long_whole - short_whole) / passed, (long_own - short_own) / passed};
}

starter floor_of(workbench const& bench, installation const& as) {
    start_options how;
    how.words = {bench.with.floor, std::to_string(bench.server.port()), bench.server.ca_file(),
                 as.configured("server_id"), as.configured("api_key")};
    for (int i = 0; i < 10; ++i) {
        how.words.push_back("echo " + std::to_string(i));
    }
    how.output = bench.directory / "floor.log";
    return [how](std::filesystem::path const& group) mutable {
        how.group = group;
        std::filesystem::remove(how.output);
        return cycling{process(how), how.output};
    };
}

struct measured {
    samples whole;
    samples own;
};

void add_figures(workbench& bench, runner const& who, measured const& ours, measured const& floor) {
    bool const root = who.id == "root";
    figure whole;
    whole.id = "cycle_cpu_" + who.id;
    whole.name = "CPU of a cycle with its 10 commands, " + who.text;
    whole.unit = "ms";
    whole.values = ours.whole;
    whole.ratios = ratio_of(ours.whole, floor.whole);
    whole.against = "the floor";
    whole.wanted = {goal::bound::at_most, root ? 1.10 : 1.00, true};
    bench.add(whole);
    figure own;
    own.id = "cycle_cpu_own_" + who.id;
    own.name = "CPU of a cycle, the agent's own process, " + who.text;
    own.unit = "ms";
    own.digits = 2;
    own.values = ours.own;
    own.ratios = ratio_of(ours.own, floor.own);
    own.against = "the floor's own";
    own.wanted = {goal::bound::at_most, root ? 1.50 : 1.00, true};
    bench.add(own);
}

void add_floor(workbench& bench, measured const& floor) {
    figure whole;
    whole.id = "floor_cpu";
    whole.name = "CPU of a cycle with its 10 commands, the floor";
    whole.unit = "ms";
    whole.values = floor.whole;
    bench.add(whole);
    figure own;
    own.id = "floor_cpu_own";
    own.name = "CPU of a cycle, the floor's own process";
    own.unit = "ms";
    own.digits = 2;
    own.values = floor.own;
    bench.add(own);
}

void add_peers(workbench& bench, std::vector<peer> const& peers,
               std::vector<measured> const& theirs, measured const& ours, bool root) {
    figure best;
    best.id = "best_peer";
    best.unit = "ms";
    double least = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < peers.size(); ++i) {
        figure one;
        one.id = "peer_" + peers[i].id;
        one.name = "CPU of the same work: " + peers[i].name;
        one.unit = "ms";
        one.values = theirs[i].whole;
        one.ratios = ratio_of(theirs[i].whole, ours.whole);
        one.against = "ours";
        one.note = peers[i].note;
        bench.add(one);
        if (!one.values.values.empty() && one.values.median() < least) {
            least = one.values.median();
            best.values = one.values;
            best.ratios = one.ratios;
            best.note = "it is " + peers[i].name;
        }
    }
    best.name = root ? "The best peer against ours as root" : "The best peer against ours";
    best.against = "ours";
    best.wanted = {goal::bound::at_least, 1.20, true};
    if (best.values.values.empty()) {
        best.note = bench.peers ? "no peer could be run" : "with --peers";
    }
    bench.add(best);
}

} // namespace

void measure_cycle(workbench& bench) {
    auto const folder = bench.directory / "cycle";
    std::filesystem::create_directories(folder);
    std::filesystem::permissions(folder, std::filesystem::perms(0755));
    std::vector<std::unique_ptr<installation>> places;
    std::vector<starter> contenders;
    for (auto const& who : bench.runners) {
        places.push_back(std::make_unique<installation>(bench.with, bench.server,
                                                        folder / ("cycle-" + who.id), who.user));
        places.back()->offer(echo_list(10));
        contenders.emplace_back([at = places.back().get()](std::filesystem::path const& group) {
            auto how = at->how();
            how.group = group;
            return at->start(how);
        });
    }
    contenders.push_back(floor_of(bench, *places.front()));
    // The list is known to the server, and all of it ordered, behind the first report.
    auto first = places.front()->start();
    first.wait_for_cycles(2);
    first.running.end(SIGTERM);

    auto peers = bench.peers ? make_peers(bench) : std::vector<peer>{};
    std::vector<measured> results(contenders.size());
    std::vector<measured> theirs(peers.size());
    for (int round = 1; round <= bench.rounds; ++round) {
        workbench::say("the cost of a cycle, round " + std::to_string(round) + " of " +
                       std::to_string(bench.rounds));
        for (std::size_t i = 0; i < contenders.size(); ++i) {
            auto const group = control_group::make("cycle");
            auto const took =
                group ? within_group(*group, contenders[i]) : by_two_lives(contenders[i]);
            bench.remarks.insert(group ? "CPU: " + group->describe()
                                       : "CPU: wait4(2) of a long life less a short one, since no "
                                         "control group can be made (that takes root)");
            results[i].whole.add(took.whole);
            results[i].own.add(took.own);
        }
        for (std::size_t i = 0; i < peers.size(); ++i) {
            if (auto const took = peers[i].measure(peers[i].note)) {
                theirs[i].whole.add(*took);
            }
        }
    }
    plot picture{
        "cycle.svg", "CPU of a cycle of ten commands (dark: the agent itself)", "ms", {}, {}, {}};
    auto const& floor = results.back();
    for (std::size_t i = 0; i < bench.runners.size(); ++i) {
        add_figures(bench, bench.runners[i], results[i], floor);
        picture.bars.push_back({"trafikito-agent " + bench.runners[i].text,
                                results[i].whole.median(), results[i].own.median(), true});
    }
    add_floor(bench, floor);
    picture.bars.push_back({"the floor", floor.whole.median(), floor.own.median(), false});
    add_peers(bench, peers, theirs, results.front(), bench.is_root());
    for (std::size_t i = 0; i < peers.size(); ++i) {
        picture.bars.push_back({peers[i].name, theirs[i].whole.median(), 0, false});
    }
    bench.plots.push_back(std::move(picture));
}

} // namespace trafikito::test::bench
