#pragma once
// What the runs of one command came to, as `test` shows it: one line of a table for one run, the
// spread of many. Pure numbers and words.

#include "exec/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace trafikito::agent::cli {

enum class outcome : std::uint8_t {
    well,        ///< exit code 0
    failed,      ///< any other end of its own
    stopped,     ///< its time was over
    interrupted, ///< somebody ended the test
    not_run
};

/// One run.
struct measured {
    outcome end = outcome::not_run;
    std::string ended; ///< in words: `exit 1`, `signal 9 (Killed)`, `not run: …`
    std::chrono::milliseconds wall{0};
    std::chrono::milliseconds cpu{0};
    std::uint64_t memory = 0;
    bool memory_is_bound = false; ///< it was not more than that
    std::uint64_t bytes_seen = 0;
    std::uint64_t bytes_kept = 0;
    std::size_t left_behind = 0; ///< and killed
    std::size_t unkillable = 0;
    std::string digest; ///< of its output
};

/// `allowed` is the time that the command has for itself. `interrupted`: somebody has ended the
/// test meanwhile.
measured measure(exec::result const& ended, std::chrono::milliseconds allowed,
                 bool interrupted = false);

/// Of a command that was not even to be started.
measured not_run(std::string const& reason);

struct named_runs {
    std::string name;
    std::vector<measured> runs;
};

/// The first run of each, a line each below a heading, in columns; no colours, no newline at the
/// end of a line.
struct table_line {
    std::string text;
    bool failed = false;
};
std::vector<table_line> table_of(std::vector<named_runs> const& commands);

/// `10 runs: exit 0 in 9, exit 1 in 1; the same output each time`
std::string endings_of(std::vector<measured> const& runs);

/// Least, median and most of time, processor time, memory and output, in columns, a line each. Runs
/// that did not start are not counted.
std::vector<std::string> spread_of(std::vector<measured> const& runs);

/// `17 commands: 15 well, 1 failed, 1 not run`; of several runs how many commands were well in all.
std::string summary_of(std::vector<named_runs> const& commands);

/// Whether every run of every command went well and nothing is left of any.
bool all_well(std::vector<named_runs> const& commands);

} // namespace trafikito::agent::cli
