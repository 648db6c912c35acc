#pragma once
// The directory given by --data: where its database is, and how the subcommands open it. They use
// it; serve makes the directory first.

#include "server/cli/data_place.hpp"
#include "server/store/store.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace trafikito::server::cli {

std::filesystem::path database_file(std::filesystem::path const& directory);

/// Throws std::runtime_error, in words for the administrator, unless this is a directory into which
/// this user may look.
void require_directory(std::filesystem::path const& directory);

/// The PostgreSQL of that option, else of TRAFIKITO_DATABASE; nothing: none was given. Throws
/// std::runtime_error when that variable holds none.
std::optional<std::string> database_given(std::optional<std::string> const& option);
/// The PostgreSQL in which it is kept; nothing: it is SQLite's file in the directory. What was
/// given comes first, then what the server that serves the directory has, or its unit. Throws as
/// above, and when that server tells nobody.
std::optional<std::string> database_of(data_place const& place);

/// Throws std::runtime_error that says what is missing and how to make it.
std::unique_ptr<store::engine> open_database(data_place const& place, store::access wanted);
store::store open_store(data_place const& place, store::access wanted);

/// As it was given, for a line to be typed in: `--data DIR `, with a blank behind each.
std::string as_options(data_place const& place);

/// Where the unit of trafikito-server has its data.
inline constexpr char const* usual_data_directory = "/var/lib/trafikito-server";

/// The directory that was given, or else the unit's. Throws std::runtime_error when there is none.
std::filesystem::path data_or_usual(std::optional<std::filesystem::path> const& given);
std::filesystem::path data_or_usual(data_place const& place);

/// The server of that id, or of that name when only one has it. Throws std::runtime_error
/// otherwise.
store::server_row find_named_server(store::store& store, std::string const& id_or_name);

base::wall_time system_now();

} // namespace trafikito::server::cli
