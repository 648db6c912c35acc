#pragma once
// Keys and tokens: made from OpenSSL's random source, compared through their SHA-256. Store, API
// and enrolment use it. A key itself is never kept.

#include <array>
#include <string>
#include <string_view>

namespace trafikito::server::security {

using digest = std::array<unsigned char, 32>;

/// SHA-256.
digest sha256(std::string_view bytes);

/// Takes the same time wherever the two differ.
bool same_digest(digest const& left, digest const& right);

/// A new key: 256 random bits, 64 hexadecimal digits. Throws std::runtime_error when there is no
/// randomness.
std::string random_key();

/// A new enrolment token: `enroll-` and a key, so that nobody takes the one for the other.
std::string random_token();
/// Whether a text has that form.
bool is_token(std::string_view text);

/// A new token for programs that ask in a person's place: `api-` and a key.
std::string random_api_token();

/// What a browser shows again, or a link holds: 256 random bits, 43 letters of Base64 for addresses
/// (RFC 4648, 5), which need no quoting anywhere.
std::string random_secret();
/// Whether a text has that form.
bool is_secret(std::string_view text);

/// A version 4 UUID (RFC 9562): what names a server or a v1 call.
std::string random_uuid();

} // namespace trafikito::server::security
