#pragma once
// TLS sessions that last from one connection to the next, so that a cycle costs no full handshake.
// http_client keeps one for its SSL_CTX: another trust, pin or certificate is another client, and
// begins without sessions. Private to net/.

#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <string>

namespace trafikito::net::link {

class tls_sessions {
public:
    /// Takes over the session callbacks of `context`, which it must outlive, as all of its
    /// connections must.
    explicit tls_sessions(SSL_CTX* context);
    tls_sessions(tls_sessions const&) = delete;
    tls_sessions& operator=(tls_sessions const&) = delete;

    /// Before a handshake with `origin`: offers the newest session of a verified connection to it,
    /// unless it is older than 24 h or the certificate of then has expired meanwhile. Resuming
    /// skips the verification of the certificate: what was verified, host name and pins, was so
    /// for this very origin.
    void offer(SSL* tls, std::string const& origin);

    /// After a failed handshake: the next one begins anew.
    void forget(std::string const& origin);

    /// Whether the peer of `tls` asked for a certificate that we do not have.
    static bool wanted_certificate(SSL const* tls);

private:
    struct freed {
        void operator()(SSL_SESSION* session) const { ::SSL_SESSION_free(session); }
    };
    struct known {
        std::unique_ptr<SSL_SESSION, freed> session;
        bool wanted_certificate = false;
    };

    static int slot();
    static known* known_of(SSL const* tls);
    static int keep(SSL* tls, SSL_SESSION* session);
    static int note_wish(SSL* tls, X509** certificate, EVP_PKEY** key);
    static bool is_usable(SSL_SESSION const* session);

    std::map<std::string, known> by_origin_; // nodes do not move: connections point to them
};

} // namespace trafikito::net::link
