#pragma once
// The options --data and --database of all subcommands but serve: data_directory.hpp has their
// defaults. Only the command line uses it.

#include "config/usage_error.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/option_values.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace trafikito::server::cli {

/// What was given must be an address that holds no password, for every user of the machine reads
/// it.
inline void add_database(CLI::App& command, std::optional<std::string>& database) {
    command.add_option("--database", database, "A PostgreSQL instead: postgresql://HOST/NAME")
        ->type_name("URL")
        ->check(check_database_address);
}

inline void add_data(CLI::App& command, data_place& place) {
    command
        .add_option("--data", place.directory,
                    std::string("Where the database is (default ") + usual_data_directory + ")")
        ->type_name("DIR")
        ->check(config::check_not_empty);
    add_database(command, place.database);
}

} // namespace trafikito::server::cli
