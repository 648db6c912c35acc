#pragma once
// The directory given by --data: where its database is, and how the subcommands open it. They use
// it; serve makes the directory first.

#include "server/store/store.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace trafikito::server::cli {

std::filesystem::path database_file(std::filesystem::path const& directory);

/// Throws std::runtime_error, in words for the administrator, unless this is a directory into which
/// this user may look.
void require_directory(std::filesystem::path const& directory);

/// Throws std::runtime_error that says what is missing and how to make it.
store::store open_store(std::filesystem::path const& directory, store::access wanted);

/// Where the unit of trafikito-server has its data.
inline constexpr char const* usual_data_directory = "/var/lib/trafikito-server";

/// The directory that was given, or else the unit's. Throws std::runtime_error when there is none.
std::filesystem::path data_or_usual(std::optional<std::filesystem::path> const& given);

/// The server of that id, or of that name when only one has it. Throws std::runtime_error
/// otherwise.
store::server_row find_named_server(store::store& store, std::string const& id_or_name);

base::wall_time system_now();

} // namespace trafikito::server::cli
