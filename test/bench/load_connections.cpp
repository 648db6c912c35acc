// Ten thousand connections of which five hundred are at work, and others that never say anything.
#include "test/bench/server_load.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

namespace trafikito::test::bench {

namespace {

constexpr std::size_t connections = 10'000;
constexpr std::size_t at_work = 500;

std::string mebibytes(long kibibytes) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.0f MiB", static_cast<double>(kibibytes) / 1024);
    return text.data();
}

} // namespace

bool load_with_idle_connections(load_options const& options, std::filesystem::path const& directory,
                                load_findings& found) {
    load_stage stage(options, directory, connections,
                     {"--max-connections", std::to_string(connections + at_work)});
    auto const before = memory_of(*stage.target);
    found.say("With " + std::to_string(connections) + " machines known: " + mebibytes(before) +
              '.');
    auto const made = stage.fleet->hold(connections);
    auto const idle = memory_of(*stage.target);
    found.say(std::to_string(made) +
              " connections that had a cycle and are kept: " + mebibytes(idle) + ", " +
              std::to_string((idle - before) * 1024 / static_cast<long>(std::max(made, 1UL))) +
              " bytes each.");
    // Of each a report a second.
    load_plan const plan{.rate = static_cast<double>(at_work),
                         .time = options.time,
                         .orders = false,
                         .keep = true,
                         .among = at_work};
    auto const cost = measure_load(stage, plan);
    auto const held = stage.fleet->held();
    long peak = 0;
    for (std::size_t i = 0; i < stage.target->processes(); ++i) {
        peak += stage.target->serving(i).proc_number("status", "VmHWM");
    }
    found.say(std::to_string(held) + " of them with " + std::to_string(at_work) + " at work (" +
              std::to_string(cost.result.accepted) + " reports taken, " +
              std::to_string(cost.result.troubles()) + " not): **" + mebibytes(cost.memory) +
              "**, at most " + mebibytes(peak) + '.');
    stage.fleet->let_go();
    bool const well = made == connections && held == connections && cost.result.troubles() == 0;
    return well && peak <= 250L * 1024;
}

} // namespace trafikito::test::bench
