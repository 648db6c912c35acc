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

/// A self-signed authority for 10 years, which may sign servers but no further authority.
certificate_ptr make_authority(EVP_PKEY* key, std::string const& name, base::wall_time now);

/// A server's certificate for 825 days, at most as long as the authority's.
certificate_ptr make_server_certificate(EVP_PKEY* key, std::vector<std::string> const& names,
                                        X509* authority, EVP_PKEY* authority_key,
                                        base::wall_time now);

std::string to_pem(EVP_PKEY const* key);
std::string to_pem(X509 const* certificate);

/// Null when the text holds none.
key_ptr key_from_pem(std::string_view pem);
certificate_ptr certificate_from_pem(std::string_view pem);

bool is_address(std::string const& name);
/// Whether it names anybody where agents look: a name in the CN alone counts nowhere.
bool has_alternative_names(X509 const* certificate);
bool is_for(X509* certificate, std::string const& name);
bool expires_before(X509 const* certificate, base::wall_time when);

} // namespace trafikito::server::security
