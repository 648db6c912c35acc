#pragma once
// What enrolment asks for: the workspace (always `default`) and the user_api_key that the data
// directory holds. serve calls it once at start. The key is read, hashed and forgotten.

#include "server/security/secrets.hpp"

#include <filesystem>

namespace trafikito::server::security {

/// SHA-256 of the key in DIR/user_api_key (0600), which is made when it is not there. Throws
/// std::runtime_error when the file is empty or holds more than one line.
digest ensure_user_key(std::filesystem::path const& directory);

/// The same of a file that must be there: while a server runs, none is made in its place.
digest read_user_key(std::filesystem::path const& directory);

/// The one line of a file that holds a key. Throws as above, and when there is no such file.
std::string read_key_file(std::filesystem::path const& file);

/// The same of what was read from `origin` (for the message): `text` without its line end.
std::string checked_key(std::string text, std::string const& origin);

} // namespace trafikito::server::security
