#pragma once
// Who may change what runs on this machine: nobody but root and the agent's own user may be able to
// write the command list, the configuration, or a directory through which they are reached. As in
// sshd(8), StrictModes; where it is not so, no command is run. The cycle, `check` and `test` ask.

#include "config/settings.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace trafikito::agent::persistence {

struct loose_mode {
    std::filesystem::path path;
    std::string what; ///< `can be written by others (mode 0666)`
    std::string mend; ///< `chmod go-w /opt/trafikito/available_commands.sh`

    /// `PATH: can be written by others (mode 0666); mend it: chmod go-w PATH`
    [[nodiscard]] std::string message() const;
};

/// Everything that is too open, for an agent that runs as `agent`. Looked at: trafikito.cfg,
/// trafikito.app and the command list, as far as they are there, and the directories above them, up
/// to base_dir, or for a file elsewhere up to the root; of a link both sides. A directory with the
/// sticky bit is no danger outside of base_dir.
std::vector<loose_mode> find_loose_modes(config::settings const& settings, uid_t agent);

/// The file with the API key, when everybody can read it: worth a warning.
std::vector<loose_mode> find_readable_key(config::settings const& settings);

} // namespace trafikito::agent::persistence
