#pragma once
// All that is counted of a cycle, for each who may run the agent here: what `./dev bench` shows and
// ctest's bench.counts holds.

#include "test/bench/installation.hpp"
#include "test/bench/receiver.hpp"
#include "test/bench/trace.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace trafikito::test::bench {

struct runner;

struct cycle_counts {
    std::string who; ///< the runner's id
    std::vector<traced_cycle> cycles;
    std::vector<traced_cycle> empty; ///< the same, of an order that names no command
    std::vector<double> allocations; ///< of a cycle; empty where they could not be counted
    std::vector<double> instructions;
    std::vector<double> own_instructions; ///< of these: in the program, not in libraries
    std::vector<std::string> missing;     ///< what could not be counted, and why
};

/// Takes some twenty seconds. `folder` is new; everybody may look into it.
std::vector<cycle_counts> count_cycles(programs const& with, receiver const& server,
                                       std::filesystem::path const& folder,
                                       std::vector<runner> const& runners);

/// The median.
double typical_calls(std::vector<traced_cycle> const& cycles);
/// The most in any of them.
double most_synchronous(std::vector<traced_cycle> const& cycles);

} // namespace trafikito::test::bench
