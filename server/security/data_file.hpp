#pragma once
// Files of the data directory, written whole or not at all (temporary file, fsync, rename or link).
// Certificates, enrolment credentials and the port file use it.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::server::security {

enum class when_there { keep, replace };

/// Writes `content` with the given mode (umask does not matter). With `keep`, a file that is there
/// already stays as it is and the result is false. Throws std::runtime_error that names file and
/// reason.
bool write_file(std::filesystem::path const& path, std::string_view content, unsigned mode,
                when_there what);

/// The whole file, or nothing when it does not exist. More than 1 MiB, or a file that cannot be
/// read, throws std::runtime_error that says so.
std::optional<std::string> read_file_if_there(std::filesystem::path const& path);

/// Makes the directory (0700) and its parents; one that exists stays as it is. Throws as
/// write_file.
void make_private_directory(std::filesystem::path const& path);

} // namespace trafikito::server::security
