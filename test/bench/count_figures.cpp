// What is counted of a cycle, for the table: strace(1), a counter in front of malloc(3), callgrind.
#include "test/bench/cycle_counts.hpp"
#include "test/bench/workbench.hpp"

#include <algorithm>

namespace trafikito::test::bench {

namespace {

std::string names_of(traced_cycle const& one) {
    std::vector<std::pair<long, std::string>> sorted;
    for (auto const& [name, number] : one.by_name) {
        sorted.emplace_back(number, name);
    }
    std::ranges::sort(sorted, std::greater());
    std::string text;
    for (auto const& [number, name] : sorted) {
        text += (text.empty() ? "" : ", ") + std::to_string(number) + " " + name;
    }
    return text;
}

figure counted(runner const& who, std::string const& id, std::string const& name) {
    figure one;
    one.id = id + "_" + who.id;
    one.name = name + ", " + who.text;
    one.digits = 0;
    return one;
}

samples each(std::vector<traced_cycle> const& cycles, long traced_cycle::* member) {
    samples values;
    for (auto const& one : cycles) {
        values.add(static_cast<double>(one.*member));
    }
    return values;
}

void add_figures(workbench& bench, runner const& who, cycle_counts const& all) {
    std::string missing;
    for (auto const& why : all.missing) {
        missing += (missing.empty() ? "" : "; ") + why;
    }
    auto const add = [&](figure one) {
        if (one.values.values.empty()) {
            one.note = missing;
        }
        bench.add(std::move(one));
    };
    auto calls = counted(who, "system_calls", "System calls of a cycle, the agent's own process");
    calls.values = each(all.cycles, &traced_cycle::calls);
    calls.wanted = {goal::bound::at_most, 350, false};
    if (!all.cycles.empty()) {
        calls.note = names_of(all.cycles.back());
    }
    add(calls);
    auto before =
        counted(who, "before_exec", "System calls of its 10 children until each is its command");
    before.values = each(all.cycles, &traced_cycle::before_exec);
    add(before);
    auto synchronous = counted(who, "synchronous_writes", "Synchronous writes of a cycle");
    synchronous.values = each(all.cycles, &traced_cycle::synchronous);
    synchronous.wanted = {goal::bound::at_most, 3, false};
    add(synchronous);
    auto none = counted(who, "synchronous_writes_of_no_command",
                        "Synchronous writes of a cycle whose order names no command");
    none.values = each(all.empty, &traced_cycle::synchronous);
    none.wanted = {goal::bound::at_most, 3, false}; // when it asked must not be forgotten
    add(none);
    auto allocations = counted(who, "allocations", "Allocations of a cycle");
    allocations.values.values = all.allocations;
    add(allocations);
    auto instructions = counted(who, "instructions", "Instructions of a cycle");
    instructions.unit = "million";
    instructions.digits = 2;
    for (double const value : all.instructions) {
        instructions.values.add(value / 1e6);
    }
    if (!all.own_instructions.empty()) {
        instructions.note =
            number_text(all.own_instructions.front() / 1e6, 2) +
            " of them in the program itself, the others in libraries; by callgrind, "
            "which knows no clone3 into a cgroup";
    }
    add(instructions);
}

} // namespace

void measure_counts(workbench& bench) {
    workbench::say("counting: system calls, synchronous writes, allocations, instructions");
    auto const all =
        count_cycles(bench.with, bench.server, bench.directory / "counts", bench.runners);
    for (std::size_t i = 0; i < all.size(); ++i) {
        add_figures(bench, bench.runners[i], all[i]);
    }
}

} // namespace trafikito::test::bench
