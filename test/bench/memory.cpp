// Memory of an idle agent, and while a command prints two gigabytes; how fast those are read.
#include "test/bench/waiting.hpp"
#include "test/bench/workbench.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <csignal>
#include <fstream>
#include <memory>

namespace trafikito::test::bench {

namespace {

constexpr double kib_in_mib = 1024;
constexpr char const* flood = "trafikito_flood=\"head -c 2000000000 /dev/zero\"\n";
constexpr double flood_bytes = 2e9;
constexpr std::chrono::seconds flood_interval{4}; // no command may take longer

figure in_mib(std::string id, std::string name, double kib) {
    figure one;
    one.id = std::move(id);
    one.name = std::move(name);
    one.unit = "MiB";
    one.digits = 2;
    one.values.add(kib / kib_in_mib);
    return one;
}

/// What the newest report says of the flood: milliseconds; 0 when it was not all read.
double flood_time(workbench const& bench, std::string const& machine) {
    auto const report = bench.server.newest_report(machine);
    for (auto const& each : report.as_object().at("results").as_array()) {
        auto const& one = each.as_object();
        if (one.at("command").as_string() == "trafikito_flood" &&
            one.at("bytesSeen").to_number<double>() == flood_bytes) {
            return one.at("durationMs").to_number<double>();
        }
    }
    return 0;
}

/// A program of its own for each: no page of it is shared, so that PSS is what one alone would
/// have.
programs copied_for(workbench const& bench, runner const& who) {
    auto with = bench.with;
    auto const folder = bench.directory / ("program-" + who.id);
    std::filesystem::create_directory(folder);
    with.agent = folder / "trafikito-agent";
    std::filesystem::copy_file(bench.with.agent, with.agent);
    return with;
}

} // namespace

void measure_memory(workbench& bench) {
    constexpr std::size_t cycles = 100;
    workbench::say("memory, over " + std::to_string(cycles) + " cycles");
    plot picture{"memory.svg", "Resident memory", "MiB", "cycles", {}, {}};
    std::vector<std::unique_ptr<installation>> places;
    std::vector<std::unique_ptr<cycling>> agents;
    for (auto const& who : bench.runners) {
        places.push_back(std::make_unique<installation>(copied_for(bench, who), bench.server,
                                                        bench.directory / ("memory-" + who.id),
                                                        who.user));
        places.back()->offer(echo_list(10));
        agents.emplace_back(new cycling(places.back()->start())); // it cannot be moved
        picture.lines.push_back({who.text, {}});
    }
    for (std::size_t done = 5; done <= cycles; done += 5) {
        for (std::size_t i = 0; i < agents.size(); ++i) {
            agents[i]->wait_for_cycles(done);
            auto const resident =
                static_cast<double>(agents[i]->running.proc_number("status", "VmRSS"));
            picture.lines[i].points.emplace_back(done, resident / kib_in_mib);
        }
    }
    for (std::size_t i = 0; i < agents.size(); ++i) {
        auto const& running = agents[i]->running;
        running.wait_until_quiet();
        auto const& who = bench.runners[i];
        auto const add = [&](char const* id, char const* name, char const* field,
                             std::optional<double> limit) {
            auto const kib = static_cast<double>(running.proc_number("smaps_rollup", field));
            auto one = in_mib(id + who.id, name + who.text, kib);
            if (limit) {
                one.wanted = {goal::bound::at_most, *limit, false};
            }
            bench.add(one);
        };
        add("rss_", "Memory after 100 cycles, RSS, ", "Rss", 9);
        add("pss_", "Memory after 100 cycles, PSS, ", "Pss", {});
        add("private_dirty_", "Memory after 100 cycles, private and dirty, ", "Private_Dirty", 1.2);
        agents[i]->running.end(SIGTERM);
    }
    bench.plots.push_back(picture);
}

namespace {

start_options with_time(start_options how) {
    how.environment = {"TRAFIKITO_INTERVAL=" + std::to_string(flood_interval.count()) + "s",
                       "TRAFIKITO_RANDOM_NUMBER=0"};
    return how;
}

void measure_peak(workbench& bench, runner const& who) {
    auto const name = "printing-" + who.id;
    installation const place(bench.with, bench.server, bench.directory / name, who.user);
    place.offer(echo_list(10));
    auto agent = place.start(with_time(place.how()));
    agent.wait_for_cycles(3);
    agent.running.wait_until_quiet();
    // proc(5): the peak is counted anew from here.
    std::ofstream("/proc/" + std::to_string(agent.running.pid()) + "/clear_refs")
        << 5 << std::flush;
    auto const idle = static_cast<double>(agent.running.proc_number("status", "VmHWM"));
    place.offer(echo_list(10) + flood);
    wait_for(
        "two gigabytes to be printed", [&] { return flood_time(bench, name) > 0; },
        std::chrono::seconds(180));
    auto const peak = static_cast<double>(agent.running.proc_number("status", "VmHWM"));
    agent.running.end(SIGTERM);
    auto one = in_mib("memory_printing_" + who.id,
                      "Memory while 2 GB is printed, peak over idle, " + who.text, peak - idle);
    one.wanted = {goal::bound::at_most, 1, false};
    bench.add(one);
}

double seconds_of_cat() {
    auto const begun = std::chrono::steady_clock::now();
    (void)run_well(
        start_options({"/bin/sh", "-c", "head -c 2000000000 /dev/zero | cat >/dev/null"}));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

} // namespace

void measure_printing(workbench& bench) {
    workbench::say("two gigabytes of output");
    for (auto const& who : bench.runners) {
        measure_peak(bench, who);
    }
    auto const& who = bench.runners.front();
    installation const place(bench.with, bench.server, bench.directory / "throughput", who.user);
    place.offer(flood);
    auto once = with_time(place.how());
    once.words.emplace_back("--once");
    (void)run_well(once); // its list is known then
    figure one;
    one.id = "throughput";
    one.name = "Throughput from a command to the report";
    one.unit = "GB/s";
    one.digits = 2;
    one.against = "`cat >/dev/null`";
    one.wanted = {goal::bound::at_least, 0.5, true};
    samples cat;
    for (int i = 0; i < bench.rounds; ++i) {
        cat.add(flood_bytes / 1e9 / seconds_of_cat());
        pass(flood_interval + std::chrono::milliseconds(100)); // it keeps that across starts, too
        (void)run_well(once, std::chrono::seconds(120));
        one.values.add(flood_bytes / 1e6 / flood_time(bench, "throughput"));
    }
    one.ratios = ratio_of(one.values, cat);
    bench.add(one);
}

} // namespace trafikito::test::bench
