#pragma once
// Reads the files that the rest of config/ parses: the only place of this room that opens any.
// agent/ calls it at start, on SIGHUP and when trafikito.app
// changed.

#include "base/path_walk.hpp"
#include "base/secret.hpp"
#include "config/build_settings.hpp"
#include "config/command_list.hpp"
#include "config/os_facts.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::config {

/// Largest configuration file and command list.
inline constexpr std::size_t max_file_size = std::size_t{1024} * 1024;

struct loaded_settings {
    std::optional<config::settings> settings; ///< nothing when a diagnostic is an error
    /// As far as they could be read, for who looks on: what is wrong has its default. Nothing only
    /// where the file itself could not be read.
    std::optional<config::settings> as_far;
    std::vector<diagnostic>
        diagnostics; ///< of all files, in the order static, dynamic, environment
    std::vector<environment_value> of_environment; ///< what the environment said of them
    std::vector<base::secret> secrets; ///< in them, whether the settings can be used or not
};

/// Whether settings are of use without the API's key. A file with it that cannot be read, by who
/// only looks on or is no longer root, is no error where they are: the key is empty then.
enum class key_reading : std::uint8_t { needed, if_readable };

/// Reads `config_file` (a relative one from the working directory), trafikito.app beside it if
/// there is one, and the file that api_key_file names, or in its place systemd's credential
/// `api_key`, where $CREDENTIALS_DIRECTORY of `environment` has it. `environment` is "NAME=value"
/// each; where it says whose server this is, no `config_file` need be. The settings say over which
/// ways the former two were reached.
loaded_settings load_settings(std::filesystem::path const& config_file,
                              std::vector<std::string> const& environment,
                              key_reading key = key_reading::needed);

/// The file that an installation is made of, and how it was found.
struct config_choice {
    std::filesystem::path file;
    std::string found_by; ///< in words, for whoever runs it; empty where --config named it
};

/// What holds without --config: that of TRAFIKITO_CONFIG in `environment`; else that of an
/// installer, if it is there; else that of a package; else the environment alone, where it says
/// which server this is; else the place where an installer would put it.
config_choice choose_config_file(std::vector<std::string> const& environment);

/// Where `enroll` writes without --config: where a package has made its folder and no installer
/// its own, there; else where an installer would.
std::filesystem::path default_config_to_enrol();

struct loaded_command_list {
    std::optional<command_list> list;    ///< nothing when the file could not be read
    std::vector<diagnostic> diagnostics; ///< why not; what is wrong inside it stands in the list
};

loaded_command_list load_command_list(std::filesystem::path const& path);

/// That of the settings, which was reached already, with the commands of the environment. Where
/// there are such, no file need be.
loaded_command_list load_command_list(config::settings const& of, base::walked_path const& reached);

/// From /etc/os-release, else /usr/lib/os-release, and uname(2).
os_facts load_os_facts();

/// environ as "NAME=value" each.
std::vector<std::string> process_environment();

} // namespace trafikito::config
