#pragma once
// What this process hands down to every child that it starts, and what a child must not get: looked
// up once, since it does not change while an agent lives. The warden has it; the launcher uses it.

#include "base/descriptor.hpp"

#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <vector>

namespace trafikito::exec {

class parent_facts {
public:
    /// Whoever ignores a signal does so before. A handler may be set later: execve(2) resets it.
    parent_facts();

    /// Those that a child would ignore, too, as execve(2) leaves them.
    [[nodiscard]] std::vector<int> const& ignored_signals() const { return ignored_signals_; }

    /// RLIMIT_LOCKS: the tags of commands must stay below its hard limit.
    [[nodiscard]] rlimit const& locks() const { return locks_; }

    /// /dev/null, open for reading; -1 where there is none.
    [[nodiscard]] int no_input() const { return no_input_.get(); }

    /// Bytes that this process had resident at most: the kernel counts them for a child, too
    /// (getrusage(2), ru_maxrss). What it was within the last second will do.
    [[nodiscard]] std::uint64_t peak_memory();

private:
    std::vector<int> ignored_signals_;
    rlimit locks_{};
    base::descriptor no_input_;
    std::uint64_t peak_ = 0;
    std::chrono::steady_clock::time_point peak_seen_;
};

/// Reads a limit of this process. False when that is not allowed.
bool read_limit(__rlimit_resource resource, rlimit& limit);

} // namespace trafikito::exec
