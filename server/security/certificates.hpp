#pragma once
// The certificate authority that a data directory has of its own, and the server's certificate
// signed by it. serve calls it once at start. It never replaces a key, and no certificate of the
// authority.

#include "base/log_sink.hpp"
#include "base/wall_clock.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace trafikito::server::security {

struct certificate_files {
    std::filesystem::path authority; ///< ca.pem: what agents name as `ca_file`; empty when not ours
    std::filesystem::path certificate; ///< PEM, may hold a chain
    std::filesystem::path key;         ///< PEM, unencrypted
};

/// Makes what is missing in `directory`: ca.key, ca.pem, server.key, server.pem (ECDSA P-256; keys
/// 0600). server.pem is made anew when it expires within 30 days, lacks one of `names` (DNS names
/// and IP addresses), or does not belong to the key or the authority. Throws std::runtime_error
/// that says which file is in the way and what to do.
certificate_files ensure_certificates(std::filesystem::path const& directory,
                                      std::vector<std::string> const& names, base::wall_time now,
                                      base::log_sink const& log);

/// What agents will have against somebody's own certificate, that has no subjectAltName; empty
/// where it has, or is none that can be read (who starts TLS with it says that).
std::string fault_of_certificate(std::filesystem::path const& file);

/// localhost, 127.0.0.1, ::1 and the machine's host name, then `more`; each once, none that is no
/// DNS name and no address, no wildcard address.
std::vector<std::string> certificate_names(std::vector<std::string> const& more);

/// Letters, digits, dots and dashes, at most 253 bytes; or an IPv4 or IPv6 address.
bool valid_certificate_name(std::string const& name);

} // namespace trafikito::server::security
