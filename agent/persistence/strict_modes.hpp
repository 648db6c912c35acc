#pragma once
// Who may change what runs on this machine: nobody but root and the agent's own user. As in
// sshd(8), StrictModes, every step of the way to the command list and the configuration counts,
// links included; where one is open to others no command is run. The cycle, `check` and `test` ask.

#include "base/log.hpp"
#include "base/path_walk.hpp"
#include "config/load.hpp"
#include "config/settings.hpp"

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace trafikito::agent::persistence {

struct loose_mode {
    std::filesystem::path path;
    std::string what; ///< `the file can be written by others than its owner (mode 0666)`
    std::string mend; ///< `chmod go-w /opt/trafikito/available_commands.sh`
    bool on_read_only_mount = false; ///< nobody can mend it from here; `mend` says what is left
    bool is_directory = false;

    /// `PATH: can be written by others (mode 0666); mend it: chmod go-w PATH`
    [[nodiscard]] std::string message() const;

    /// `Mend it: chmod go-w PATH`, a sentence of its own.
    [[nodiscard]] std::string advice() const;
};

/// Each step that is too open for an agent that runs as `agent`. Closed is what root or the agent's
/// user owns and nobody else can write; in a directory with the sticky bit, what stands there is,
/// as long as they own it and it has no other name (a hard link). Where owner and mode say nothing
/// (proc, sysfs, a cgroup, a FUSE mount of somebody's) nothing is closed.
std::vector<loose_mode> judge(std::vector<base::path_step> const& way, uid_t agent);

/// What one look at the installation found.
struct verdict {
    std::vector<loose_mode> loose;
    bool may_run = true;      ///< nothing is loose, or the configuration says strict_modes = no
    bool switch_void = false; ///< strict_modes = no in that file counts for nothing
    base::walked_path list;   ///< the command list, open for reading: the very file that was judged
    bool list_may_be_read = true; ///< not so where its way is loose and must not be

    /// Why no command may run, for a section of a report; empty when they may.
    [[nodiscard]] std::string why_not() const;
};

/// Looked at, from the root on: the way to trafikito.cfg and trafikito.app, as it was when they
/// were read and as it is now, the ways to the command list and to base_dir (commands begin there),
/// and with allow_widgets the one to ca_file (it vouches for who adds commands). `strict_modes =
/// no` counts when it comes from the environment, or from a trafikito.cfg that others could not
/// write. (On a read-only mount a directory that others may write is no reason against it: what
/// they put there would be theirs.)
verdict judge_installation(config::settings const& settings, uid_t agent);

/// The same, look after look: what did not change since the one before costs next to nothing.
/// Owners and modes are looked up each time; directories that are still the very same are not
/// opened again, nor is a command list that was not written to.
class installation_watch {
public:
    verdict judge(config::settings const& settings, uid_t agent);

    /// The command list as it was judged just now. Where it must not be read, neither a list nor a
    /// word.
    std::shared_ptr<config::loaded_command_list const>
    read_command_list(verdict const& what, config::settings const& settings);

private:
    /// What a list was made of.
    struct made_of {
        std::filesystem::path file;
        std::optional<base::file_stamp> stamp;
        std::vector<std::string> command_env;
        std::vector<config::environment_command> environment_commands;

        friend bool operator==(made_of const&, made_of const&) = default;
    };

    /// All that a verdict depends on, but for what lies on the disk.
    struct question {
        explicit question(config::settings const& of, uid_t by);
        [[nodiscard]] bool is_that_of(config::settings const& settings, uid_t by) const;

        std::vector<base::path_step> config_way;
        std::vector<base::path_step> dynamic_way;
        std::vector<std::filesystem::path> files;
        std::array<bool, 3> switches;
        uid_t agent;
    };

    [[nodiscard]] std::optional<verdict> as_before(config::settings const& settings,
                                                   uid_t agent) const;

    base::path_walk walk_;
    verdict last_; ///< without the list's file
    std::optional<question> asked_;
    std::shared_ptr<config::loaded_command_list const> list_;
    made_of of_; ///< list_
};

/// The same without the list.
std::vector<loose_mode> find_loose_modes(config::settings const& settings, uid_t agent);

/// Whether the settings were read from files that others could change, and must not be: worth
/// nothing then, even when that is mended, until they are read again.
bool must_be_read_again(config::settings const& settings, uid_t agent);

/// Says, once until it changes, that no command is run, or that they run all the same.
void log_verdict(base::log& log, verdict const& what, config::settings const& settings);

/// What mends it where no chmod can, for a message about something loose.
std::string other_remedy(verdict const& what, config::settings const& settings);

/// The command list as it was judged: nothing, and no word, where it must not be read.
config::loaded_command_list read_command_list(verdict const& what,
                                              config::settings const& settings);

/// What is loose on the way to var_dir: others could stop the agent and forge what it keeps, yet
/// not make it run anything.
std::vector<loose_mode> find_loose_var(config::settings const& settings, uid_t agent);

/// The file with the API key, when everybody can read it: worth a warning.
std::vector<loose_mode> find_readable_key(config::settings const& settings);

} // namespace trafikito::agent::persistence
