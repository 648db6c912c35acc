#pragma once
// What all measurements share: the programs, a server, who an agent may be here, and where the
// figures go.

#include "test/bench/figure.hpp"
#include "test/bench/installation.hpp"
#include "test/bench/plot.hpp"
#include "test/bench/receiver.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace trafikito::test::bench {

/// Somebody to run the agent as.
struct runner {
    std::string id;   ///< `root`, `user`
    std::string user; ///< for start_options; empty: who we are
    std::string text; ///< `as root, with cgroups`
};

struct workbench {
    programs with;
    std::filesystem::path directory; ///< everybody may look into it
    receiver server;
    std::vector<runner> runners;
    int rounds = 3;
    bool full = false;
    bool peers = false;

    std::vector<figure> figures;
    std::vector<plot> plots;
    std::set<std::string> remarks; ///< of the whole report

    [[nodiscard]] bool is_root() const { return runners.size() > 1; }
    figure& add(figure one);
    /// To stderr: what is being measured now.
    static void say(std::string const& text);
};

/// As root: root, and somebody who is not; else only who we are.
std::vector<runner> possible_runners();

// The measurements, a file each; each adds its figures.
void measure_cycle(workbench& bench);
void measure_counts(workbench& bench);
void measure_wall_time(workbench& bench);
void measure_memory(workbench& bench);
void measure_printing(workbench& bench);
void measure_start(workbench& bench);
void measure_size(workbench& bench);
void measure_spawn(workbench& bench);
void measure_wire(workbench& bench);
void measure_growth(workbench& bench);
void measure_idle(workbench& bench);
void measure_build(workbench& bench);

} // namespace trafikito::test::bench
