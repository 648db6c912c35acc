// From the start of the program to its first request; how large the program is.
#include "test/bench/relay.hpp"
#include "test/bench/waiting.hpp"
#include "test/bench/workbench.hpp"

#include <csignal>
#include <sstream>

namespace trafikito::test::bench {

void measure_start(workbench& bench) {
    workbench::say("the start");
    constexpr int runs = 9;
    relay between(bench.server.port());
    auto const& who = bench.runners.front();
    installation const place(bench.with, bench.server, bench.directory / "start", who.user,
                             between.port());
    place.offer(echo_list(10));
    figure one;
    one.id = "start_to_request";
    one.name = "From the start to the first request, warm";
    one.unit = "ms";
    one.wanted = {goal::bound::at_most, 15, false};
    for (int i = 0; i <= runs; ++i) {
        auto const before = between.seen().size();
        auto agent = place.start();
        agent.wait_for_cycles(1);
        auto const seen = between.seen();
        agent.running.end(SIGTERM);
        auto const took = seen.at(before).asked - agent.running.begun();
        if (i > 0) { // the first is not warm
            one.values.add(std::chrono::duration<double, std::milli>(took).count());
        }
        pass(std::chrono::milliseconds(1100)); // it asks once a second, also across starts
    }
    one.note = "by a relay in front of the server, with the handshake";
    bench.add(one);
}

void measure_size(workbench& bench) {
    auto const stripped = bench.directory / "stripped";
    auto const strip = installed_program("strip");
    auto const readelf = installed_program("readelf");
    figure size;
    size.id = "program_bytes";
    size.name = "The program, stripped";
    size.unit = "MiB";
    size.digits = 2;
    size.wanted = {goal::bound::at_most, 3, false};
    if (strip.empty() || readelf.empty()) {
        size.note = "strip or readelf is not installed (binutils)";
        bench.add(size);
        return;
    }
    (void)run_well(start_options({strip, "-o", stripped, bench.with.agent}));
    size.values.add(static_cast<double>(std::filesystem::file_size(stripped)) / 1048576);
    std::istringstream lines(run_well(start_options({readelf, "-d", stripped})));
    double libraries = 0;
    for (std::string line; std::getline(lines, line);) {
        auto const open = line.find('[');
        if (line.find("(NEEDED)") != std::string::npos && open != std::string::npos) {
            size.note += (libraries > 0 ? ", " : "shared libraries: ") +
                         line.substr(open + 1, line.find(']') - open - 1);
            ++libraries;
        }
    }
    bench.add(size);
    figure shared;
    shared.id = "shared_libraries";
    shared.name = "Shared libraries that it needs";
    shared.digits = 0;
    shared.values.add(libraries);
    bench.add(shared);
}

} // namespace trafikito::test::bench
