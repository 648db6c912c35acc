// What exec costs: starting a command against plain posix_spawn(3) in the same run, many commands
// in one order, and memory while one prints two gigabytes. Run it without arguments; it prints a
// table and takes some ten seconds. `exec_bench starts` prints for `bench` what a start takes from
// a process with 1 GiB resident, in microseconds: by posix_spawn, ours, ours into a cgroup, and
// whether there was one (1 or 0).
#include "exec/launcher.hpp"
#include "exec/run_all.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace trafikito;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using clock_type = std::chrono::steady_clock;

namespace {

constexpr int rounds = 1000;
exec::execution_environment const around = exec::clean_environment("/", "/", "root");

double microseconds_since(clock_type::time_point begun) {
    return std::chrono::duration<double, std::micro>(clock_type::now() - begun).count();
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void print(char const* what, double value, char const* unit, double against = 0) {
    std::printf("%-66s %10.1f %s", what, value, unit);
    against > 0 ? std::printf(" %7.2f x\n", value / against) : std::printf("\n");
}

exec::command line(std::string const& text, std::string const& name = "trafikito_t") {
    return {name, name + "=\"" + text + "\"", {}, {}, {}, false};
}

// --- starting ------------------------------------------------------------------------------------

/// With all that a launcher asks of it, in as far as it can.
double spawn(int output) {
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files, output, 1);
    ::posix_spawn_file_actions_adddup2(&files, output, 2);
    ::posix_spawn_file_actions_addchdir_np(&files, around.directory.c_str());
    ::posix_spawn_file_actions_addclosefrom_np(&files, 3);
    posix_spawnattr_t how;
    ::posix_spawnattr_init(&how);
    ::posix_spawnattr_setflags(&how,
                               POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    sigset_t set;
    ::sigemptyset(&set);
    ::posix_spawnattr_setsigmask(&how, &set);
    ::sigfillset(&set);
    ::posix_spawnattr_setsigdefault(&how, &set);
    std::array<std::string, 3> words{"sh", "-c", "true"};
    std::array<char*, 4> arguments{words[0].data(), words[1].data(), words[2].data(), nullptr};
    auto variables = around.environment;
    std::vector<char*> environment;
    for (auto& one : variables) {
        environment.push_back(one.data());
    }
    environment.push_back(nullptr);
    pid_t pid = 0;
    auto const begun = clock_type::now();
    int const failed =
        ::posix_spawn(&pid, "/bin/sh", &files, &how, arguments.data(), environment.data());
    auto const took = microseconds_since(begun);
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&how);
    if (failed != 0) {
        std::exit(1);
    }
    ::waitpid(pid, nullptr, 0);
    return took;
}

double launch(int output, exec::command_groups* groups) {
    static exec::parent_facts const parent;
    exec::restrictions const limited;
    std::string error;
    auto const begun = clock_type::now();
    auto group = groups != nullptr ? groups->make() : nullptr;
    exec::shell_launcher start(around, limited, parent, output, group ? group->directory() : -1,
                               1UL << 40);
    auto started = start("true", error);
    auto const took = microseconds_since(begun);
    if (!error.empty()) {
        std::exit(1);
    }
    ::waitpid(started.pid, nullptr, 0);
    return took;
}

struct start_times {
    double spawned = 0;
    double launched = 0;
    double grouped = 0;
    bool in_group = false;
};

start_times compare_starts() {
    exec::command_groups groups;
    int const output = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    std::vector<double> spawned;
    std::vector<double> launched;
    std::vector<double> grouped;
    for (int i = 0; i < rounds; ++i) { // in turn: whatever else the machine does hits all alike
        spawned.push_back(spawn(output));
        launched.push_back(launch(output, nullptr));
        grouped.push_back(launch(output, &groups));
    }
    ::close(output);
    return {median(spawned), median(launched), median(grouped), groups.make() != nullptr};
}

void print_starts() {
    auto const took = compare_starts();
    print("start /bin/sh: posix_spawn, median of 1000", took.spawned, "us");
    print("start /bin/sh: exec's launcher", took.launched, "us", took.spawned);
    print(took.in_group ? "start /bin/sh: exec's launcher, into a new cgroup (made included)"
                        : "start /bin/sh: exec's launcher (no cgroups to be had here)",
          took.grouped, "us", took.spawned);
}

int print_starts_of_large_process() {
    std::vector<char> const resident(1UL << 30, '\1');
    auto const took = compare_starts();
    std::printf("%.1f %.1f %.1f %d\n", took.spawned, took.launched, took.grouped,
                took.in_group ? 1 : 0);
    return resident.back() == '\1' ? 0 : 1;
}

// --- many ----------------------------------------------------------------------------------------

struct outcome {
    double milliseconds = 0;
    std::size_t good = 0;
    std::uint64_t bytes = 0;
};

outcome run(std::vector<exec::command> commands, exec::limits const& within) {
    asio::io_context loop(1);
    exec::warden over(loop.get_executor());
    outcome all;
    exec::on_result const ended = [&](std::size_t, exec::result&& value) {
        all.good += value.end == exec::result::ending::exited && value.code == 0 ? 1U : 0U;
        all.bytes += value.output.bytes_seen();
    };
    exec::run_tools const tools{over, "/tmp"};
    auto const begun = clock_type::now();
    asio::co_spawn(loop, exec::run_all(std::move(commands), around, within, tools, ended),
                   [&](std::exception_ptr const&) { over.stop(); });
    loop.run();
    all.milliseconds = microseconds_since(begun) / 1000;
    return all;
}

std::vector<exec::command> many(std::size_t count, std::string const& text) {
    std::vector<exec::command> commands;
    for (std::size_t i = 0; i < count; ++i) {
        commands.push_back(line(text, "trafikito_" + std::to_string(i)));
    }
    return commands;
}

double spawn_all(int count) {
    int const output = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    auto const begun = clock_type::now();
    for (int i = 0; i < count; ++i) {
        (void)spawn(output);
    }
    auto const took = microseconds_since(begun);
    ::close(output);
    return took / 1000;
}

double resident_mib() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

} // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::string(argv[1]) == "starts") {
        return print_starts_of_large_process();
    }
    print_starts();
    exec::limits within;
    within.max_parallel = 50;
    within.cycle_timeout = 100s;
    auto const base = spawn_all(1000);
    print("1000 times `true` one after the other: posix_spawn and waitpid", base, "ms");
    auto const thousand = run(many(1000, "true"), within);
    print("1000 commands `true` in one order, 50 at once", thousand.milliseconds, "ms", base);
    auto const sleeps = run(many(50, "sleep 1"), within);
    print("50 one-second sleeps, 50 at once", sleeps.milliseconds, "ms");
    auto const idle = resident_mib();
    auto const flood = run({line("head -c 2000000000 /dev/zero")}, within);
    print("2 GB printed by one command", flood.milliseconds, "ms");
    print("  read at", static_cast<double>(flood.bytes) / 1e6 / flood.milliseconds, "GB/s");
    print("  peak resident memory before", idle, "MiB");
    print("  and after", resident_mib(), "MiB");
    bool const good = thousand.good == 1000 && sleeps.good == 50 && flood.bytes == 2'000'000'000;
    std::printf("%s\n", good ? "all exited 0" : "NOT ALL EXITED 0");
    return good ? 0 : 1;
}
