#pragma once
// What keeps a user from a file: which step of the way to it, and why. Asked with the eyes that are
// open now (agent/daemon/eyes.hpp), so the kernel answers and none of its rules are imitated.

#include "agent/diagnosis/step.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace trafikito::agent::diagnosis {

struct obstacle {
    std::filesystem::path at; ///< the first step of the way that stops
    int error = 0;            ///< errno
    bool above = false;       ///< a directory on the way, not the file itself

    /// `/root cannot be entered (Permission denied)`
    [[nodiscard]] std::string in_words(int mode) const;
};

/// Nothing where all of `mode` (R_OK, W_OK, X_OK, F_OK) may be done with `path`, which is absolute.
std::optional<obstacle> find_obstacle(std::filesystem::path const& path, int mode);

/// The same for a file that is made where there is none: then its directory must be open.
std::optional<obstacle> find_obstacle_to_writing(std::filesystem::path const& path);

} // namespace trafikito::agent::diagnosis
