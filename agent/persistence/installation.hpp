#pragma once
// Which installation of the agent this is, on this machine: what it leaves outside its files (the
// cgroups of its commands) is known by it after a restart.

#include <filesystem>
#include <string>

namespace trafikito::agent::persistence {

/// 16 hexadecimal digits that follow from the place of var_dir and from which directory is there:
/// the same one as long as it stays, another one for a copy of it.
std::string installation_id(std::filesystem::path const& var_dir);

} // namespace trafikito::agent::persistence
