#include "net/link/tls_sessions.hpp"

#include <openssl/x509.h>

#include <ctime>

namespace trafikito::net::link {

namespace {

constexpr long max_age = 24L * 60 * 60; // seconds: so often at least, trust is looked at again

/// When the session was made, in seconds since 1970.
std::time_t made_at(SSL_SESSION const* session) {
#if OPENSSL_VERSION_NUMBER >=                                                                      \
    0x30300000L // the older call ends in 2038, and is deprecated since 3.4
    return ::SSL_SESSION_get_time_ex(session);
#else
    return ::SSL_SESSION_get_time(session);
#endif
}

} // namespace

tls_sessions::tls_sessions(SSL_CTX* context) {
    ::SSL_CTX_set_session_cache_mode(context,
                                     SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    ::SSL_CTX_sess_set_new_cb(context, &tls_sessions::keep);
    if (::SSL_CTX_get0_certificate(context) == nullptr) {
        ::SSL_CTX_set_client_cert_cb(context, &tls_sessions::note_wish);
    }
}

void tls_sessions::offer(SSL* tls, std::string const& origin) {
    auto& of = by_origin_[origin];
    of.wanted_certificate = false;
    if (of.session && is_usable(of.session.get())) {
        // A copy: OpenSSL spoils what it was given when a connection ends without a goodbye.
        std::unique_ptr<SSL_SESSION, freed> const copy(::SSL_SESSION_dup(of.session.get()));
        ::SSL_set_session(tls, copy.get());
    }
    ::SSL_set_ex_data(tls, slot(), &of);
}

void tls_sessions::forget(std::string const& origin) {
    by_origin_[origin].session.reset();
}

bool tls_sessions::wanted_certificate(SSL const* tls) {
    auto const* const of = known_of(tls);
    return of != nullptr && of->wanted_certificate;
}

int tls_sessions::slot() {
    static int const index = ::SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

tls_sessions::known* tls_sessions::known_of(SSL const* tls) {
    return static_cast<known*>(::SSL_get_ex_data(tls, slot()));
}

/// Comes at the end of a handshake that verified, or with a TLS 1.3 ticket after it.
int tls_sessions::keep(SSL* tls, SSL_SESSION* session) {
    auto* const of = known_of(tls);
    if (of == nullptr || ::SSL_get_verify_result(tls) != X509_V_OK) {
        return 0;
    }
    // A copy, for the same reason.
    of->session.reset(::SSL_SESSION_dup(session));
    return 0; // the original stays OpenSSL's
}

int tls_sessions::note_wish(SSL* tls, X509** /*certificate*/, EVP_PKEY** /*key*/) {
    if (auto* const of = known_of(tls)) {
        of->wanted_certificate = true;
    }
    return 0; // go on without
}

bool tls_sessions::is_usable(SSL_SESSION const* session) {
    auto const* const certificate =
        ::SSL_SESSION_get0_peer(const_cast<SSL_SESSION*>(session)); // it changes nothing
    auto const age = std::time(nullptr) - made_at(session);
    return ::SSL_SESSION_is_resumable(session) == 1 && age >= 0 && age < max_age &&
           age < ::SSL_SESSION_get_timeout(session) && certificate != nullptr &&
           ::X509_cmp_current_time(::X509_get0_notAfter(certificate)) > 0;
}

} // namespace trafikito::net::link
