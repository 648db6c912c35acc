#pragma once
// What TLS must hold: versions, trust, who the peer is, and words for a certificate that will not
// do. http_client uses it; private to net/. Nothing here can turn verification off.

#include "net/explain.hpp"
#include "net/failure.hpp"

#include <boost/asio/ssl/context.hpp>

#include <openssl/ssl.h>

#include <string>

namespace trafikito::net {

/// TLS 1.2 or later, verified against `ca_file` alone, or against the system's certificates when
/// empty.
result<boost::asio::ssl::context> make_tls_context(std::string const& ca_file);

/// Asks for `host` (SNI, but for an address) and demands a certificate that holds for it. False
/// when OpenSSL cannot take the name.
bool expect_peer(SSL* tls, std::string const& host);

/// Why the certificate at which verification stopped will not do. Call it in the verify callback.
explanation explain_certificate(X509_STORE_CTX* verification, std::string const& host,
                                bool own_ca_file);

/// `TLSv1.3 with TLS_AES_256_GCM_SHA384`
std::string describe(SSL const* tls);

} // namespace trafikito::net
