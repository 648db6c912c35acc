#pragma once
// OpenSSL's certificates and keys as values: made, read from PEM, written as PEM. certificates.cpp
// uses it; it touches no file.

#include "base/wall_clock.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::security {

template <auto Free>
struct freed_by {
    template <typename T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};

using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;

/// ECDSA P-256. All that make something throw std::runtime_error with OpenSSL's reason.
key_ptr make_key();

/// When every certificate that is made here begins, whatever the clock says: one that was made
/// while the clock was ahead is valid all the same when it is right again. A clock that says less
/// than this is wrong, and the end is not counted from it.
inline constexpr base::wall_time earliest =
    std::chrono::sys_days(std::chrono::year(2026) / std::chrono::January / 1);

inline constexpr auto authority_life = std::chrono::hours(24 * 3650);
inline constexpr auto server_life = std::chrono::hours(24 * 825);

/// Beyond it no end of a life can be reckoned: the year 2252.
inline constexpr base::wall_time latest =
    base::wall_time::max() - authority_life - std::chrono::hours(24);

/// A self-signed authority until 10 years from now, which may sign servers but no further
/// authority.
certificate_ptr make_authority(EVP_PKEY* key, std::string const& name, base::wall_time now);
/// The same by the name that the issuer of `signed_by_key` has: what it signed before is its own.
certificate_ptr make_authority_again(EVP_PKEY* key, X509 const* signed_by_key, base::wall_time now);

/// A server's certificate until 825 days from now, at most as long as the authority's.
certificate_ptr make_server_certificate(EVP_PKEY* key, std::vector<std::string> const& names,
                                        X509* authority, EVP_PKEY* authority_key,
                                        base::wall_time now);

std::string to_pem(EVP_PKEY const* key);
std::string to_pem(X509 const* certificate);

/// Null when the text holds none.
key_ptr key_from_pem(std::string_view pem);
certificate_ptr certificate_from_pem(std::string_view pem);

/// The first and all that follow it, as a chain is written. Empty when the text holds none, or one
/// that is cut off or spoilt: of such a text nothing is used.
std::vector<certificate_ptr> certificates_from_pem(std::string_view pem);

/// Why TLS cannot be served with the two, in OpenSSL's words or ours, to follow a name of theirs;
/// empty when it can.
std::string fault_of_pair(std::vector<certificate_ptr> const& chain, EVP_PKEY* key);

bool is_address(std::string const& name);
/// Whether it names anybody where agents look: a name in the CN alone counts nowhere.
bool has_alternative_names(X509 const* certificate);
bool is_for(X509* certificate, std::string const& name);

/// `sha256/` and the Base64 of its key's SHA-256, as agents and curl take it (RFC 7469, 2.4).
std::string pin_of(X509 const* certificate);
/// SHA-256 of the whole certificate, as browsers show it: `AB:CD:…`.
std::string fingerprint_of(X509 const* certificate);
/// The names that it is for: DNS names and addresses of its subjectAltName.
std::vector<std::string> names_of(X509 const* certificate);
/// It is its own authority.
bool is_self_signed(X509* certificate);
/// Whether whoever knows the authorities that this system knows believes the first of the chain to
/// be that name's.
bool is_believed_here(std::vector<certificate_ptr> const& chain, std::string const& name);

/// Both ends of its time; what the clock cannot hold is the farthest that it can.
base::wall_time begin_of(X509 const* certificate);
base::wall_time end_of(X509 const* certificate);

/// Whether it lasts longer than one would that was made now for `life`: the clock was ahead when it
/// was made, or is behind now.
bool ends_too_late(X509 const* certificate, base::wall_time::duration life, base::wall_time now);

/// Whether both are authorities of the same key and name: who knows one believes what the other
/// signed.
bool is_same_authority(X509* one, X509* other);

/// The subject on one line, as `CN = Some Authority`.
std::string subject_of(X509 const* certificate);

} // namespace trafikito::server::security
