#pragma once
// What one cycle of a real agent counts to: the same on a slow machine as on a fast one, so that a
// test may hold it. Each run starts an agent on an installation of its own and is finished later,
// so that several go on at the same time.

#include "test/bench/installation.hpp"
#include "test/bench/profile.hpp"
#include "test/bench/trace.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace trafikito::test::bench {

/// The tool is missing, or may not do here what it does; says what to do.
struct unavailable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// An agent under strace(1).
class traced_run {
public:
    explicit traced_run(installation const& of);

    /// That many cycles, without the first ones, in which it gets to know its order.
    std::vector<traced_cycle> finish(std::size_t cycles);

private:
    std::filesystem::path file_;
    cycling running_;
};

/// An agent whose calls of malloc(3) and its like are counted.
class counted_run {
public:
    counted_run(programs const& with, installation const& of);

    /// Allocations of a cycle, on the average.
    double finish(std::size_t cycles);

private:
    std::filesystem::path file_;
    cycling running_;
};

/// Two agents under callgrind: what the one that lives for longer does more.
class profiled_run {
public:
    profiled_run(programs const& with, installation const& shorter, installation const& longer);

    /// Ends the first of them, as soon as it may be.
    void finish_shorter();

    /// Instructions of a cycle, on the average of so many that the other one lives for longer.
    instructions finish(std::size_t cycles);

private:
    struct life {
        std::filesystem::path file;
        cycling running;
        std::size_t cycles = 0; ///< once it has ended
    };
    static life begin(installation const& of);
    [[nodiscard]] instructions end(life& one, std::size_t cycles) const;

    std::string agent_;
    life shorter_;
    life longer_;
    instructions less_;
};

} // namespace trafikito::test::bench
