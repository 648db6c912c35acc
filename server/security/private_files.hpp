#pragma once
// That nobody but its owner reads or writes what a server keeps: keys, certificates, what machines
// put out. serve looks before it opens anything, before it reads anything again, and once a minute.

#include "base/log.hpp"

#include <filesystem>

namespace trafikito::server::security {

/// Makes the directory (0700), or mends it and what it holds: what others could read or write they
/// can no longer, and the log says so, for what they have read they know. Throws std::runtime_error
/// with the chown when the directory or a file in it belongs to somebody else (root's is
/// everybody's), or the file is a link. A way to it that others may change is named in the log.
void secure_data_directory(std::filesystem::path const& directory, base::log& log);

/// The files alone, as they may have been replaced since: of what is private or may not be written
/// by others, the same.
void secure_data_files(std::filesystem::path const& directory, base::log& log);

/// One of them, before it is read again.
void secure_data_file(std::filesystem::path const& file, base::log& log);

/// Somebody's own --key: throws std::runtime_error with the chmod when everybody may read it, or
/// others than its owner may write it. Its group may read it, as Debian's ssl-cert.
void check_key_file(std::filesystem::path const& key);

} // namespace trafikito::server::security
