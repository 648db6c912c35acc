#include "net/link/openssl_words.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <cstdio>

// OpenSSL 3 loads them on demand by calls that it calls deprecated: it would rather do so itself,
// and before. A later one, or one that was built without these calls, does as it likes.
#if OPENSSL_VERSION_MAJOR == 3 && !defined(OPENSSL_NO_DEPRECATED_3_0)
#define TRAFIKITO_CAN_POSTPONE_WORDS
#endif

namespace trafikito::net::link {

namespace {

#ifdef TRAFIKITO_CAN_POSTPONE_WORDS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
/// Of what may speak up in a handshake. There is no such call for the providers of algorithms.
void load_words() {
    ::ERR_load_SSL_strings();
    ::ERR_load_X509_strings();
    ::ERR_load_X509V3_strings();
    ::ERR_load_ASN1_strings();
    ::ERR_load_PEM_strings();
    ::ERR_load_EVP_strings();
    ::ERR_load_RSA_strings();
    ::ERR_load_EC_strings();
    ::ERR_load_BN_strings();
    ::ERR_load_BIO_strings();
    ::ERR_load_RAND_strings();
    ::ERR_load_CRYPTO_strings();
}
#pragma GCC diagnostic pop
#else
void load_words() {}
#endif

std::string how_to_look_up(unsigned long error) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%08lX", error);
    return std::string("error ") + text.data() + " (openssl errstr " + text.data() + " names it)";
}

} // namespace

void postpone_openssl_words() {
#ifdef TRAFIKITO_CAN_POSTPONE_WORDS
    ::OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, nullptr);
#endif
}

void postpone_openssl_words_of_tls() {
#ifdef TRAFIKITO_CAN_POSTPONE_WORDS
    ::OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_SSL_STRINGS, nullptr);
#endif
}

std::string openssl_words_for(unsigned long error) {
    auto const* words = ::ERR_reason_error_string(error);
    if (words == nullptr) {
        load_words();
        words = ::ERR_reason_error_string(error);
    }
    return words != nullptr ? '"' + std::string(words) + '"' : how_to_look_up(error);
}

} // namespace trafikito::net::link
