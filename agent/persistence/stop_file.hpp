#pragma once
// var/STOP: the API removed this server (doc/protocol.md, "v2", step 1). As long as it is there,
// nothing is run and nothing is asked.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::agent::persistence {

std::filesystem::path stop_file_in(std::filesystem::path const& var_dir);

/// In the place of a reason, where the API gave none.
inline constexpr std::string_view no_stop_reason = "no reason given";

/// The reason in it (its first line, made printable), or nothing when there is no such file. A file
/// that cannot be read still stops.
std::optional<std::string> stop_reason(std::filesystem::path const& var_dir);

/// Returns in words why it could not be written, empty when it was.
std::string write_stop_file(std::filesystem::path const& var_dir, std::string_view reason);

} // namespace trafikito::agent::persistence
