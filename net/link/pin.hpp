#pragma once
// Public keys that the API's certificates must have, in addition to all else that is verified
// (HPKP's pins: RFC 7469, 2.4). tls uses it; private to net/.

#include "net/link/failure.hpp"

#include <openssl/ssl.h>

#include <string>
#include <string_view>
#include <vector>

namespace trafikito::net::link {

/// `sha256/BASE64` of the SHA-256 of a SubjectPublicKeyInfo (DER). Several are separated by commas
/// or blanks; curl's `sha256//BASE64` is taken, too. The result has them all as `sha256/BASE64`.
result<std::vector<std::string>> parse_pins(std::string_view text);

/// The pin of a certificate's key.
std::string pin_of(X509 const* certificate);

/// Whether one certificate of the verified chain, from the peer's own to the root, has one of the
/// pins (RFC 7469, 2.6): so one can pin a key of the API or the authority that issues for it.
bool has_pin(STACK_OF(X509) const* chain, std::vector<std::string> const& pins);

} // namespace trafikito::net::link
