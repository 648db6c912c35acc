#pragma once
// The option --data of all subcommands but serve: data_or_usual() has its default. Only the command
// line uses it.

#include "server/cli/data_directory.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace trafikito::server::cli {

inline void add_data(CLI::App& command, std::optional<std::filesystem::path>& data) {
    command
        .add_option("--data", data,
                    std::string("Directory that holds the database (default ") +
                        usual_data_directory + " if it is there)")
        ->type_name("DIR");
}

} // namespace trafikito::server::cli
