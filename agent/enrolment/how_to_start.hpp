#pragma once
// How an agent is started on this machine, as its user is told at the end of an enrolment.

#include <filesystem>
#include <string>

namespace trafikito::agent::enrolment {

/// The command that starts the agent of that configuration: by its systemd unit where there is one
/// and systemd runs, else by the controller of its installation, else by its init script, else in
/// the foreground. `root`: where the machine's files are looked for.
std::string how_to_start(std::filesystem::path const& config_file,
                         std::filesystem::path const& base_dir,
                         std::filesystem::path const& root = "/");

/// How this program is called there: by its path where an installer put it into the installation.
std::string program_of(std::filesystem::path const& base_dir,
                       std::filesystem::path const& root = "/");

} // namespace trafikito::agent::enrolment
