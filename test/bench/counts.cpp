// ctest's bench.counts: system calls, writes that wait for the disk, allocations and instructions
// of one cycle, each against its ceiling in ceilings.txt. Counts and not seconds: a slow machine
// counts the same.
//
//     counts CEILINGS              exits with 1 when something is worse, with 77 when it cannot
//     tell counts --record CEILINGS     writes what is counted now, with some room, as the new
//     ceilings
#include "test/bench/ceilings.hpp"
#include "test/bench/cycle_counts.hpp"
#include "test/bench/figure.hpp"
#include "test/bench/receiver.hpp"
#include "test/bench/waiting.hpp"
#include "test/bench/workbench.hpp"
#include "test/support/sanitized.hpp"
#include "test/support/temporary_directory.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <sys/stat.h>

using namespace trafikito::test;
using namespace trafikito::test::bench;

namespace {

namespace fs = std::filesystem;

constexpr int cannot_tell = 77; // ctest's SKIP_RETURN_CODE

// Another compiler makes another program of the same source.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ == 12 && defined(NDEBUG)
constexpr bool as_recorded = true;
#else
constexpr bool as_recorded = false;
#endif

/// One count with all that the verdict needs.
struct count {
    std::string who;
    std::string what;
    double value = 0;
    bool of_compiler = false; ///< it depends on who compiled
};

std::vector<count> counts_of(std::vector<cycle_counts> const& all) {
    std::vector<count> result;
    for (auto const& one : all) {
        if (!one.cycles.empty()) {
            result.push_back({one.who, "system_calls", typical_calls(one.cycles)});
            result.push_back({one.who, "synchronous_writes", most_synchronous(one.cycles)});
        }
        if (!one.empty.empty()) {
            result.push_back(
                {one.who, "synchronous_writes_of_no_command", most_synchronous(one.empty)});
        }
        for (double const value : one.allocations) {
            result.push_back({one.who, "allocations", value, true});
        }
        for (double const value : one.instructions) {
            result.push_back({one.who, "instructions", value, true});
        }
    }
    return result;
}

/// Whether it stands; says what it is either way.
bool holds(count const& one, ceiling const& below, std::string const& file) {
    std::cout << one.who << ' ' << one.what << ": " << grouped(one.value) << " a cycle, ceiling "
              << grouped(below.limit);
    if (one.value > below.limit) {
        bool const binds = !one.of_compiler || as_recorded;
        std::cout << ": WORSE by " << grouped(one.value - below.limit)
                  << (binds ? "" : ", but recorded for g++ 12 in a release: no verdict") << '\n';
        return !binds;
    }
    if (auto const lower = ceiling_for(one.what, one.value); lower < 0.95 * below.limit) {
        std::cout << ": better; lower it to " << grouped(lower) << " in " << file;
    }
    std::cout << '\n';
    return true;
}

int check(std::vector<count> const& counted, std::vector<ceiling> const& ceilings,
          std::string const& file) {
    bool good = true;
    for (auto const& one : counted) {
        auto const found = std::ranges::find_if(ceilings, [&](ceiling const& each) {
            return each.who == one.who && each.what == one.what;
        });
        if (found == ceilings.end()) {
            std::cout << one.who << ' ' << one.what << ": no ceiling in " << file << '\n';
            good = false;
        } else {
            good = holds(one, *found, file) && good;
        }
    }
    if (!good) {
        std::cout << "\nA cycle costs more than it did. `./dev bench --figure counts` shows each "
                     "call by its name;\n"
                     "valgrind --tool=callgrind and callgrind_annotate show where instructions go. "
                     "Where it must\n"
                     "cost more, say why in the commit that raises the ceiling in "
                  << file << ".\n";
    }
    return good ? 0 : 1;
}

int record(std::vector<count> const& counted, std::string const& file) {
    std::vector<ceiling> all;
    for (auto const& one : counted) {
        all.push_back({one.who, one.what, ceiling_for(one.what, one.value)});
    }
    auto const text = format_ceilings(content_of(file), all);
    std::ofstream(file) << text << std::flush;
    std::cout << text;
    return 0;
}

int run_all(std::string const& file, bool recording) {
    temporary_directory const here;
    fs::permissions(here.path(), fs::perms(0755));
    auto const for_everybody = [&](fs::path const& original) {
        auto const to = here.path() / original.filename();
        fs::copy_file(original, to);
        fs::permissions(to, fs::perms(0755));
        return to;
    };
    programs with;
    with.agent = for_everybody(TRAFIKITO_AGENT);
    with.server = TRAFIKITO_SERVER;
    with.allocation_counter = for_everybody(TRAFIKITO_ALLOCATION_COUNTER);
    receiver const server(with.server, here.path() / "server");
    auto const all = count_cycles(with, server, here.path() / "machines", possible_runners());
    auto const counted = counts_of(all);
    int const code =
        recording ? record(counted, file) : check(counted, read_ceilings(content_of(file)), file);
    for (auto const& one : all) {
        for (auto const& why : one.missing) {
            std::cout << "not counted (" << one.who << "): " << why << '\n';
        }
    }
    bool const all_told =
        std::ranges::all_of(all, [](auto const& one) { return one.missing.empty(); });
    return code == 0 && !all_told ? cannot_tell : code;
}

} // namespace

int main(int argc, char** argv) {
    bool const recording = argc == 3 && std::string(argv[1]) == "--record";
    if (argc != 2 && !recording) {
        std::cerr << "usage: counts [--record] CEILINGS\n";
        return 2;
    }
    if (sanitized) {
        std::cout << "not counted: a sanitizer's build does more than it is told to\n";
        return cannot_tell;
    }
    stop_on_signals();
    ::umask(022);
    try {
        return run_all(argv[argc - 1], recording);
    } catch (std::exception const& error) {
        std::cerr << "counts: " << error.what() << '\n';
        return 1;
    }
}
