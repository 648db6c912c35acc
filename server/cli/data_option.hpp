#pragma once
// The option --data of all subcommands but serve: data_or_usual() has its default. Only the command
// line uses it.

#include "config/usage_error.hpp"
#include "server/cli/data_directory.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace trafikito::server::cli {

inline void add_data(CLI::App& command, std::optional<std::filesystem::path>& data) {
    command
        .add_option("--data", data,
                    std::string("Where the database is (default ") + usual_data_directory + ")")
        ->type_name("DIR")
        ->check(config::check_not_empty);
}

} // namespace trafikito::server::cli
