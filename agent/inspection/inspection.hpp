#pragma once
// Everything that is wrong with an installation, found by looking: every file that the daemon would
// read, with the daemon's eyes, and every command of the list. `check` prints it. Changes nothing,
// runs no command, speaks to nobody.

#include "config/diagnostic.hpp"
#include "config/load.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::agent::inspection {

struct inspection {
    /// Errors first, then warnings, each in the order of files and lines; none twice.
    std::vector<config::diagnostic> found;
    std::size_t commands = 0; ///< that could be run at most

    [[nodiscard]] std::size_t count(config::diagnostic::severity of) const;
};

/// What was loaded, its own diagnostics among what is found. `environment` is that of the process.
/// `user` is whom the daemon is known to be; empty: the one that runs tells, else run_as.
inspection inspect(config::loaded_settings const& loaded,
                   std::vector<std::string> const& environment, std::string const& user = {});

} // namespace trafikito::agent::inspection
