#pragma once
// Who is measured against whom.

#include "test/bench/installation.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::test::bench {

struct workbench;

/// Milliseconds of processor a cycle.
struct cost {
    double whole = 0; ///< with all children
    double own = 0;   ///< the process itself
};

/// Starts it anew in the group whose cgroup.procs that is; empty: in no group.
using starter = std::function<cycling(std::filesystem::path const& group)>;

/// Another monitoring agent of this system's packages.
struct peer {
    std::string id;
    std::string name;
    std::string note; ///< what it does for the same work, or why it cannot be run
    /// Milliseconds of processor, of it and its children, for one cycle of ten commands. Nothing
    /// when it cannot be run: `note` says why then.
    std::function<std::optional<double>(std::string& note)> measure;
};

/// Those that are installed. They live as long as the bench's directory.
std::vector<peer> make_peers(workbench const& bench);

} // namespace trafikito::test::bench
