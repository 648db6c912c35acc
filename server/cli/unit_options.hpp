#pragma once
// With which options the server of a data directory is started, where nobody says so: those of the
// process that serves it, else those of the unit. check asks; whatever cannot be read counts as
// none.

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::cli {

struct found_options {
    std::vector<std::string> words; ///< behind `serve`
    std::string from;               ///< `process 42`, or a file
    std::size_t line = 0;           ///< of that file
};

/// Where the unit has its TRAFIKITO_SERVER_OPTIONS.
inline constexpr char const* unit_options_file = "/etc/default/trafikito-server";

/// Of that process, if it is a `trafikito-server serve` (/proc/PID/cmdline).
std::optional<found_options> options_of_process(int process);

/// Of the text of an EnvironmentFile= (systemd.exec(5)): the last TRAFIKITO_SERVER_OPTIONS, cut at
/// blanks as `$NAME` is in ExecStart=. Nothing when it is not set.
std::optional<found_options> options_in(std::string_view text, std::string const& file);

/// What the environment of that process says, as far as this user may read it.
std::optional<std::string> variable_of_process(int process, std::string_view variable);
/// What the text of an EnvironmentFile= says, last.
std::optional<std::string> variable_in(std::string_view text, std::string_view variable);

} // namespace trafikito::server::cli
