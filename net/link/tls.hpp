#pragma once
// What TLS must hold: versions, trust, who the peer is, and words for a certificate that will not
// do. http_client uses it; private to net/. Nothing here can turn verification off.

#include "net/link/error_text.hpp"
#include "net/link/failure.hpp"
#include "net/link/trust.hpp"

#include <boost/asio/ssl/context.hpp>

#include <openssl/ssl.h>

#include <string>

namespace trafikito::net::link {

/// Whom we trust and who we are.
struct tls_settings {
    std::string ca_file; ///< PEM; trusted in place of the system's certificates, when not empty.
                         ///< Whatever stands in it is an anchor, self-signed or not
    std::string client_cert;                     ///< PEM, with its chain; shown to a peer that asks
    std::string client_key;                      ///< PEM, without a passphrase
    trust_places system = system_trust_places(); ///< without a ca_file
};

/// In whom a context with these settings trusts.
trust trust_of(tls_settings const& settings);

/// TLS 1.2 or later, always verified. Fails at step::handshake when a file cannot be read or used.
result<boost::asio::ssl::context> make_tls_context(tls_settings const& settings);

/// Asks for `host` (SNI, but for an address) and demands a certificate that holds for it by its
/// subjectAltName. False when OpenSSL cannot take the name.
bool expect_peer(SSL* tls, std::string const& host);

/// Why the certificate at which verification stopped will not do. Call it in the verify callback.
explanation explain_certificate(X509_STORE_CTX* verification, std::string const& host, trust in);

/// `api.example, issued by Example CA, valid from … to …, for api.example`, for who wants to see
/// the chain that a peer sent. Nothing of it is proved.
std::string describe_certificate(X509 const* certificate);

/// The explanation when no key of the chain is one that is pinned.
explanation explain_pin(X509_STORE_CTX* verification);

/// `TLSv1.3 with TLS_AES_256_GCM_SHA384, resumed session` (or `new session`)
std::string describe(SSL* tls);

} // namespace trafikito::net::link
