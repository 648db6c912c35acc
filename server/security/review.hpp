#pragma once
// What serve would find wrong with keys, certificates and the data directory, and what it would
// mend there without being asked; found by looking. check asks it. Nothing is made or changed.

#include "base/wall_clock.hpp"
#include "server/security/certificates.hpp"
#include "server/security/fault.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace trafikito::server::security {

/// Of a directory that is there: whose it is and what is in it, what others may do to both, and who
/// could put another one in its place. For a server that runs as `user`.
std::vector<fault> review_data_directory(std::filesystem::path const& directory, uid_t user);

/// Of keys and certificates that the directory has of its own. What is missing is no fault: serve
/// makes it; nor is a server.pem that it would make anew.
std::vector<fault> review_own_certificate(std::filesystem::path const& directory,
                                          base::wall_time now);

/// Of somebody's own. `key` empty: of a certificate that something in front of the server shows.
std::vector<fault> review_given_certificate(std::filesystem::path const& certificate,
                                            std::filesystem::path const& key, base::wall_time now);

} // namespace trafikito::server::security
