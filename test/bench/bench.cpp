// What the agent costs: every figure of test/bench/README.md, measured here and now. `./dev bench`
// builds it and calls it.
#include "test/bench/report.hpp"
#include "test/bench/waiting.hpp"
#include "test/bench/workbench.hpp"
#include "test/support/temporary_directory.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace trafikito::test;
using namespace trafikito::test::bench;

namespace {

namespace fs = std::filesystem;

struct part {
    char const* name;
    void (*measure)(workbench&);
    bool only_full;
};

constexpr part parts[] = {
    {"cycle", measure_cycle, false},       {"counts", measure_counts, false},
    {"wall", measure_wall_time, false},    {"memory", measure_memory, false},
    {"printing", measure_printing, false}, {"start", measure_start, false},
    {"size", measure_size, false},         {"spawn", measure_spawn, false},
    {"wire", measure_wire, false},         {"idle", measure_idle, true},
    {"growth", measure_growth, true},      {"build", measure_build, true},
};

constexpr auto usage =
    "usage: bench [--full] [--peers] [--rounds=N] [--output=FOLDER] [--figure NAME...]\n";

struct options {
    bool full = false;
    bool peers = false;
    int rounds = 3;
    fs::path output = "build/bench";
    std::vector<std::string> names;
};

std::string known_names() {
    std::string text;
    for (auto const& one : parts) {
        text += std::string(text.empty() ? "" : ", ") + one.name;
    }
    return text;
}

/// Nothing but 0 goes on.
int parse(std::vector<std::string> const& words, options& into) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        auto const& word = words[i];
        auto const is_part = [&](part const& one) { return word == one.name; };
        if (word == "--full") {
            into.full = true;
        } else if (word == "--peers") {
            into.peers = true;
        } else if (word.starts_with("--rounds=") && std::atoi(word.c_str() + 9) > 0) {
            into.rounds = std::atoi(word.c_str() + 9);
        } else if (word.starts_with("--output=")) {
            into.output = word.substr(9);
        } else if (word == "--figure" && i + 1 < words.size()) {
            continue;
        } else if (std::ranges::any_of(parts, is_part)) {
            into.names.push_back(word);
        } else {
            std::cerr << usage << "figures: " << known_names() << '\n';
            return 2;
        }
    }
    return 0;
}

/// What is measured is a copy, so that nobody builds another below it, and everybody may run it.
fs::path copy_into(fs::path const& folder, fs::path const& program) {
    auto const to = folder / program.filename();
    fs::copy_file(program, to);
    fs::permissions(to, fs::perms(0755));
    return to;
}

int measure(options const& wanted) {
    temporary_directory const here;
    fs::permissions(here.path(), fs::perms(0755));
    programs const with{.agent = copy_into(here.path(), TRAFIKITO_AGENT),
                        .server = TRAFIKITO_SERVER,
                        .floor = TRAFIKITO_FLOOR,
                        .exec_bench = TRAFIKITO_EXEC_BENCH,
                        .soak = TRAFIKITO_SOAK,
                        .allocation_counter = copy_into(here.path(), TRAFIKITO_ALLOCATION_COUNTER)};
    workbench bench{.with = with,
                    .directory = here.path(),
                    .server = receiver(with.server, here.path() / "server"),
                    .runners = possible_runners(),
                    .rounds = wanted.rounds,
                    .full = wanted.full,
                    .peers = wanted.peers,
                    .figures = {},
                    .plots = {},
                    .remarks = {}};
    for (auto const& one : parts) {
        bool const named = std::ranges::find(wanted.names, one.name) != wanted.names.end();
        if (named || (wanted.names.empty() && (wanted.full || !one.only_full))) {
            one.measure(bench);
        }
    }
    write_report(bench, wanted.output);
    std::cout << table_of(bench);
    auto const missed = missed_goals(bench);
    std::cout << '\n'
              << (missed == 0 ? "no goal is missed" : std::to_string(missed) + " goals are missed")
              << "; written to " << wanted.output.string() << ": report.md, report.json\n";
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    options wanted;
    if (int const code = parse({argv + 1, argv + argc}, wanted); code != 0) {
        return code;
    }
    stop_on_signals();
    ::umask(022);
    try {
        return measure(wanted);
    } catch (interrupted const&) {
        return 130;
    } catch (std::exception const& error) {
        std::cerr << "bench: " << error.what() << '\n';
        return 1;
    }
}
