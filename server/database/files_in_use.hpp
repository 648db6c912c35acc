#pragma once
// The files of an open database: whether they still stand where they stood. One that was deleted,
// moved or replaced goes on to take all that is written, and nobody finds it there after the next
// start. SQLite does not look.

#include "base/descriptor.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace trafikito::server::database {

class files_in_use {
public:
    /// The database, its -wal and its -shm, as far as they are there now. Nothing is opened for
    /// reading: SQLite's locks end with any descriptor that is.
    explicit files_in_use(std::filesystem::path database);

    /// A look at each: some microseconds.
    [[nodiscard]] bool in_place() const;

    /// Nobody else has written a -wal of his own in place of ours, so that ours may be moved into
    /// the database.
    [[nodiscard]] bool log_is_ours() const;

    /// What happened, and what to do about it.
    [[nodiscard]] std::string what_happened() const;

private:
    struct one {
        std::filesystem::path path;
        base::descriptor held; ///< O_PATH
    };
    static bool in_place(one const& file);
    [[nodiscard]] std::string words_for_database() const;
    [[nodiscard]] std::string words_for_log() const;
    [[nodiscard]] bool log_is_empty() const;

    std::vector<one> files_; ///< the database first
};

} // namespace trafikito::server::database
