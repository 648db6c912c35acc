#pragma once
// From what was written in the files and the environment to settings: who beats whom, what is
// missing, what does not fit together (doc/design.md, "Configuration keys"). Opens no file;
// load.hpp hands in their content.

#include "config/assignments.hpp"
#include "config/diagnostic.hpp"
#include "config/settings.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

/// All that settings are made of. The environment beats the dynamic file, which beats the static
/// one; an empty value counts as not set.
struct settings_sources {
    std::filesystem::path config_file;    ///< absolute; base_dir follows from it
    assignments fixed;                    ///< trafikito.cfg; its diagnostics are passed on
    assignments dynamic;                  ///< trafikito.app; its diagnostics are passed on
    std::vector<std::string> environment; ///< "NAME=value" each: TRAFIKITO_<KEY>, https_proxy

    /// The file in which the service manager hands the key over (load.hpp); empty: it does not.
    std::filesystem::path credential;

    /// Of the file that api_key_file_of() names: its content, or in words why there is none.
    std::optional<std::string> api_key_file_content;
    std::string api_key_file_problem = "has not been read";
    bool key_may_be_unreadable = false; ///< it is no error then, and the key is empty
};

/// Names the folder of systemd's credentials (systemd.exec(5)).
inline constexpr std::string_view credentials_variable = "CREDENTIALS_DIRECTORY";

/// Names the configuration file where --config does not (load.hpp).
inline constexpr std::string_view config_variable = "TRAFIKITO_CONFIG";

/// A key whose value the environment gives.
struct environment_value {
    std::string_view key; ///< canonical
    std::string variable; ///< `TRAFIKITO_PROXY`, `https_proxy`
};

struct built_settings {
    /// Only meaningful without an error among the diagnostics.
    config::settings settings;
    std::vector<diagnostic> diagnostics;
    std::vector<environment_value> of_environment;

    [[nodiscard]] bool ok() const { return !has_errors(diagnostics); }
};

built_settings build_settings(settings_sources const& sources);

/// The file to read the API key from, absolute; nothing when the key is not to come from a file.
std::optional<std::filesystem::path> api_key_file_of(settings_sources const& sources);

} // namespace trafikito::config
