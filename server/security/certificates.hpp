#pragma once
// The certificate authority that a data directory has of its own, and the server's certificate
// signed by it. certificate_keeper.hpp calls it at start and again and again. It never replaces a
// key, and no certificate of the authority.

#include "base/log.hpp"
#include "base/wall_clock.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::security {

struct certificate_files {
    std::filesystem::path authority; ///< ca.pem: what agents name as `ca_file`; empty when not ours
    std::filesystem::path certificate; ///< PEM, may hold a chain
    std::filesystem::path key;         ///< PEM, unencrypted
};

struct ensured_certificates {
    certificate_files files;
    std::vector<std::string> made; ///< ca.pem, server.pem and why; as lines of a log
};

/// Makes what is missing in `directory`: ca.key, ca.pem, server.key, server.pem (ECDSA P-256; keys
/// 0600). server.pem is made anew when it is not valid yet, lasts longer than any made now would
/// (the clock was ahead when it was made), expires within 30 days (and its authority does not),
/// lacks one of `names` (DNS names and IP addresses), or does not belong to the key or the
/// authority. A ca.pem that has expired or is not valid yet stays, as agents know it; one that was
/// moved away is made anew of the same ca.key, and by the
/// name that server.pem has of it. Throws std::runtime_error that says which file is in
/// the way and what to do.
ensured_certificates ensure_certificates(std::filesystem::path const& directory,
                                         std::vector<std::string> const& names,
                                         base::wall_time now);

/// The same, with what was made said in the log.
certificate_files ensure_certificates(std::filesystem::path const& directory,
                                      std::vector<std::string> const& names, base::wall_time now,
                                      base::log& log);

/// How two certificates of an authority stand to each other, as PEM.
enum class succession : std::uint8_t {
    none,      ///< they are of two authorities, or no certificates
    successor, ///< the first takes the place of the second, which agents may know: it lasts longer
    same,      ///< it does not, and agents that know one of them may know the other
};
succession succession_of(std::string_view one, std::string_view known, base::wall_time now);

/// What agents will have against somebody's own certificate, that has no subjectAltName; empty
/// where it has, or is none that can be read (who starts TLS with it says that).
std::string fault_of_certificate(std::filesystem::path const& file);
/// The same of what was read from the file already.
std::string fault_of_certificate(std::filesystem::path const& file, std::string_view pem);

/// localhost, 127.0.0.1, ::1 and the machine's host name, then `more`; each once, none that is no
/// DNS name and no address, no wildcard address.
std::vector<std::string> certificate_names(std::vector<std::string> const& more);

/// Letters, digits, dots and dashes, at most 253 bytes; or an IPv4 or IPv6 address.
bool valid_certificate_name(std::string const& name);

} // namespace trafikito::server::security
