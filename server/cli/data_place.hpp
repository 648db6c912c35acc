#pragma once
// Where a server keeps what it keeps, as a command line says: the directory of --data, and the
// database, when that is not in there.

#include <filesystem>
#include <optional>
#include <string>

namespace trafikito::server::cli {

struct data_place {
    std::optional<std::filesystem::path> directory; ///< nothing: that of the unit
    /// `postgresql://…`. Nothing: as TRAFIKITO_DATABASE says, or as the server that serves the
    /// directory has it, or else SQLite's file in the directory, as an empty one says.
    std::optional<std::string> database;

    /// What was not said here, as it was said for a command before it.
    void follow(data_place const& before) {
        directory = directory ? directory : before.directory;
        database = database ? database : before.database;
    }
};

} // namespace trafikito::server::cli
