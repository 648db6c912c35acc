// The start of a command from a process with 1 GiB resident, against posix_spawn(3): exec_bench's
// part, which is linked with what the agent starts commands by.
#include "test/bench/control_group.hpp"
#include "test/bench/workbench.hpp"

#include <sstream>

namespace trafikito::test::bench {

void measure_spawn(workbench& bench) {
    workbench::say("the start of a command");
    figure plain;
    plain.id = "spawn";
    plain.name = "Start of a command from a process with 1 GiB resident, without cgroups";
    plain.unit = "us";
    plain.digits = 0;
    plain.against = "`posix_spawn`";
    plain.wanted = {goal::bound::at_most, 1.10, true};
    auto grouped = plain;
    grouped.id = "spawn_cgroup";
    grouped.name = "Start of a command from a process with 1 GiB resident, into a cgroup";
    grouped.wanted->limit = 1.40;
    samples spawned;
    bool groups = false;
    start_options how({bench.with.exec_bench, "starts"});
    auto const group = control_group::make("starts");
    if (group) {
        how.group = group->procs();
    }
    for (int i = 0; i < bench.rounds; ++i) {
        std::istringstream numbers(run_well(how, std::chrono::seconds(120)));
        double spawn = 0;
        double launch = 0;
        double launch_into_group = 0;
        if (!(numbers >> spawn >> launch >> launch_into_group >> groups)) {
            throw std::runtime_error("exec_bench did not print its numbers");
        }
        spawned.add(spawn);
        plain.values.add(launch);
        if (groups) {
            grouped.values.add(launch_into_group);
        }
    }
    plain.ratios = ratio_of(plain.values, spawned);
    bench.add(plain);
    grouped.ratios = ratio_of(grouped.values, spawned);
    if (!groups) {
        grouped.note = "no cgroup can be made here (that takes root)";
    }
    bench.add(grouped);
}

} // namespace trafikito::test::bench
