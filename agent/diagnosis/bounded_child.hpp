#pragma once
// Asks another program of this machine (systemctl) and waits for it within a bound. `why` uses it;
// it runs nothing of the installation.

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::agent::diagnosis {

struct child_answer {
    int code = -1;      ///< exit status; 128 + the signal that ended it
    std::string output; ///< of stdout, at most 64 KiB; stderr goes to /dev/null
};

/// Where a program is: in the directories of $PATH of `environment`, then in the usual ones. Empty
/// when it is nowhere.
std::filesystem::path find_program(std::string const& name,
                                   std::vector<std::string> const& environment);

/// Runs `words`, whose first is a path, with PATH and LC_ALL=C alone in its environment and nothing
/// to read. Nothing when it cannot be started, or has not ended within `bound`: then it is killed.
std::optional<child_answer> ask_child(std::vector<std::string> words,
                                      std::chrono::milliseconds bound);

} // namespace trafikito::agent::diagnosis
