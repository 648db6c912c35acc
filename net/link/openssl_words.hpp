#pragma once
// OpenSSL's words for its errors. It would have all 1,700 of them at hand from the first call on,
// for 50 KB of memory and a tenth of what a start costs; they are asked for once in a while, when a
// handshake fails in a way that we have no words of our own for.

#include <string>

namespace trafikito::net::link {

/// Leaves them out until openssl_words_for() asks for them. Before the first call of OpenSSL, or
/// without effect.
void postpone_openssl_words();

/// The same of those of TLS. It makes libssl ready, as the first context does otherwise.
void postpone_openssl_words_of_tls();

/// `wrong version number`; where OpenSSL has none, or does not tell, how to look it up.
std::string openssl_words_for(unsigned long error);

} // namespace trafikito::net::link
