#pragma once
// One server a data directory: two would make each other's keys and certificates, and both delete
// what is old. The lock ends with the process, however it ends. serve takes it first; subcommands
// that only read or change the database do not.

#include "base/descriptor.hpp"

#include <filesystem>
#include <optional>

namespace trafikito::server::security {

/// Whether a server has the lock now. Throws std::runtime_error when it may not be looked at.
bool is_served(std::filesystem::path const& directory);

/// The process of the server that has it, 0 when it cannot be told which that is; nothing when none
/// has. Throws as is_served().
std::optional<int> server_of(std::filesystem::path const& directory);

class directory_lock {
public:
    /// Locks (flock(2)) the directory, where its file system lets one, and DIR/trafikito.lock,
    /// which holds our process's number: that file somebody may remove. Throws std::runtime_error
    /// that names the process that has it, or why it cannot be had.
    explicit directory_lock(std::filesystem::path const& directory);

private:
    base::descriptor directory_;
    base::descriptor file_;
};

} // namespace trafikito::server::security
