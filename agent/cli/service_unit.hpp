#pragma once
// What a unit of systemd does for the agent that it starts, from the text that `systemctl cat`
// prints, and the same said to systemd-run: `test` runs commands as the unit's agent would. Pure
// text (systemd.unit(5), systemd.syntax(7)).

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::agent::cli {

struct unit_setting {
    std::string name;
    std::string value;
};

/// The lines of [Service] of all its files, in their order; continued lines are one. Specifiers
/// that follow from the name of the `unit` (`trafikito-agent@web.service`), and `%%`, are replaced;
/// others stay as they are.
std::vector<unit_setting> service_settings(std::string_view text, std::string_view unit);

/// The words of a value, without their quotes.
std::vector<std::string> unit_words(std::string_view value);

/// Which configuration the agent of that unit reads: empty when its command line names none.
/// Nothing where the unit starts no `trafikito-agent` as a daemon.
std::optional<std::filesystem::path> config_of(std::vector<unit_setting> const& settings);

/// What another service needs to have the same user, rights, limits and view of the machine.
struct transient_service {
    std::vector<std::string> properties; ///< `NAME=value` each, for systemd-run's --property
    /// The unit's Environment=, as the text of an EnvironmentFile=, which comes first: it may hold
    /// secrets, and command lines are everybody's to read.
    std::string environment;
};

/// All but what is about how the service is started, watched, restarted, ended and logged. Its
/// runtime directory is the agent's own, and stays. Credentials that the unit itself holds are left
/// out.
transient_service as_transient(std::vector<unit_setting> const& settings);

/// `NAME="value"` with a newline, as an EnvironmentFile= wants it.
std::string environment_line(std::string_view name, std::string_view value);

} // namespace trafikito::agent::cli
