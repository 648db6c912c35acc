#include "test/bench/counting.hpp"

#include "test/bench/waiting.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace trafikito::test::bench {

namespace {

namespace fs = std::filesystem;

/// What a cycle needs to be like the one before: the list known, sessions and groups made.
constexpr std::size_t warm_up = 3;

/// The tool and its options, once it is seen that they do something with /bin/true.
std::vector<std::string> tool(std::string const& name, std::vector<std::string> options,
                              std::string const& output) {
    auto const path = installed_program(name);
    if (path.empty()) {
        throw unavailable(name + " is not installed");
    }
    options.insert(options.begin(), path);
    auto trial = options;
    trial.insert(trial.end(), {output + "/dev/null", "/bin/true"});
    if (auto const tried = run(start_options(trial)); tried.code != 0) {
        throw unavailable(name + " does not work here: " + tried.output);
    }
    return options;
}

/// The agent, and not the tool around it, is told to end, and does so well.
void end_agent(cycling& one, pid_t agent) {
    ::kill(agent, SIGTERM);
    if (one.running.wait(std::chrono::seconds(60)) != 0) {
        throw std::runtime_error("the agent did not end well: " + content_of(one.log));
    }
}

/// The only child of strace, which stays in front of what it traces.
pid_t child_of(process const& parent) {
    auto const text = parent.proc("task/" + std::to_string(parent.pid()) + "/children");
    auto const child = static_cast<pid_t>(std::atol(text.c_str()));
    if (child <= 0) {
        throw std::runtime_error("nothing runs below strace");
    }
    return child;
}

long counter_value(fs::path const& file) {
    long value = 0;
    auto const content = content_of(file);
    std::memcpy(&value, content.data(), std::min(content.size(), sizeof value));
    return value;
}

cycling start_traced(installation const& of, fs::path const& file) {
    auto words = tool("strace", {"-f", "-qq", "-s", "128", "-e", "signal=none"}, "--output=");
    words.push_back("--output=" + file.string());
    // Of an agent that may not be looked into by its own user, only root reads the strings.
    if (auto const& user = of.how().user; !user.empty()) {
        words.insert(words.end(), {"-u", user});
    }
    auto how = of.how(words);
    how.user.clear();
    return of.start(how);
}

cycling start_counted(programs const& with, installation const& of, fs::path const& file) {
    std::ofstream(file) << std::string(sizeof(long), '\0') << std::flush;
    fs::permissions(file, fs::perms(0666)); // whoever the agent is
    auto how = of.how();
    how.environment.push_back("LD_PRELOAD=" + with.allocation_counter.string());
    how.environment.push_back("TRAFIKITO_ALLOCATION_COUNTER=" + file.string());
    return of.start(how);
}

} // namespace

traced_run::traced_run(installation const& of)
    : file_(of.base() / "strace.out"), running_(start_traced(of, file_)) {}

std::vector<traced_cycle> traced_run::finish(std::size_t cycles) {
    running_.wait_for_cycles(warm_up + cycles);
    end_agent(running_, child_of(running_.running));
    auto all = read_trace(content_of(file_));
    if (all.size() < warm_up + cycles) {
        throw std::runtime_error("strace saw " + std::to_string(all.size()) + " cycles only");
    }
    all.erase(all.begin(), std::prev(all.end(), static_cast<long>(cycles)));
    return all;
}

counted_run::counted_run(programs const& with, installation const& of)
    : file_(of.base() / "allocations"), running_(start_counted(with, of, file_)) {}

double counted_run::finish(std::size_t cycles) {
    running_.wait_for_cycles(warm_up);
    running_.running.wait_until_quiet();
    auto const before = counter_value(file_);
    auto const from = running_.cycles();
    if (before == 0) {
        throw unavailable("no allocation is seen: malloc(3) is not of a library that is shared");
    }
    running_.wait_for_cycles(from + cycles);
    running_.running.wait_until_quiet();
    auto const counted = static_cast<double>(counter_value(file_) - before);
    auto const passed = static_cast<double>(running_.cycles() - from);
    end_agent(running_, running_.running.pid());
    return counted / passed;
}

profiled_run::profiled_run(programs const& with, installation const& shorter,
                           installation const& longer)
    : agent_(with.agent), shorter_(begin(shorter)), longer_(begin(longer)) {}

profiled_run::life profiled_run::begin(installation const& of) {
    auto words = tool("valgrind", {"--tool=callgrind", "-q"}, "--callgrind-out-file=");
    auto const file = of.base() / "callgrind.out";
    words.push_back("--callgrind-out-file=" + file.string());
    auto how = of.how(words);
    how.environment = {"TRAFIKITO_INTERVAL=2s", "TRAFIKITO_RANDOM_NUMBER=0"}; // it is slow there
    return {file, of.start(how)};
}

instructions profiled_run::end(life& one, std::size_t cycles) const {
    one.running.wait_for_cycles(cycles);
    one.running.running.wait_until_quiet();
    end_agent(one.running, one.running.running.pid()); // one process with valgrind
    one.cycles = one.running.cycles();
    return read_profile(content_of(one.file), agent_);
}

void profiled_run::finish_shorter() {
    less_ = end(shorter_, warm_up);
}

instructions profiled_run::finish(std::size_t cycles) {
    auto const more = end(longer_, shorter_.cycles + cycles);
    auto const passed = static_cast<double>(longer_.cycles - shorter_.cycles);
    return {(more.all - less_.all) / passed, (more.own - less_.own) / passed};
}

} // namespace trafikito::test::bench
