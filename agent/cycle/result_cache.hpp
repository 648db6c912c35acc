#pragma once
// The last results of commands that are not to run in every cycle (`#: every=5m`). Lives as long as
// the agent; after a restart such a command runs at once.

#include "base/clock.hpp"
#include "exec/result.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace trafikito::agent::cycle {

class result_cache {
public:
    struct earlier {
        exec::result result;
        std::chrono::seconds age;
    };

    /// The last result of that command if it began less than `every` ago.
    [[nodiscard]] std::optional<earlier> find(std::string const& name,
                                              std::chrono::milliseconds every,
                                              base::clock::steady_time now) const;

    /// Keeps a copy, what was printed in a spool of its own below `directory`. A command that was
    /// not started, or cut short for want of time, is not kept: it is tried again in the next
    /// cycle.
    void keep(exec::result const& ended, base::clock::steady_time began,
              std::filesystem::path const& directory);

private:
    struct entry {
        exec::result result;
        base::clock::steady_time began;
    };

    std::map<std::string, entry> entries_;
};

} // namespace trafikito::agent::cycle
