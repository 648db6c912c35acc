#include "server/security/secrets.hpp"

#include "base/ascii.hpp"
#include "base/hexadecimal.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace trafikito::server::security {

namespace {

constexpr std::string_view token_prefix = "enroll-";
constexpr std::string_view api_token_prefix = "api-";
constexpr std::size_t key_size = 64;
constexpr std::size_t secret_size = 43;

template <std::size_t Size>
std::string random_bytes() {
    std::array<unsigned char, Size> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        throw std::runtime_error("the system gives no random numbers, so no key can be made");
    }
    return {bytes.begin(), bytes.end()};
}

} // namespace

digest sha256(std::string_view bytes) {
    digest result{};
    if (EVP_Digest(bytes.data(), bytes.size(), result.data(), nullptr, EVP_sha256(), nullptr) !=
        1) {
        throw std::runtime_error("OpenSSL cannot compute SHA-256");
    }
    return result;
}

bool same_digest(digest const& left, digest const& right) {
    return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string random_key() {
    return base::to_hexadecimal(random_bytes<32>());
}

std::string random_token() {
    return std::string(token_prefix) + random_key();
}

bool is_token(std::string_view text) {
    return text.starts_with(token_prefix) && text.size() == token_prefix.size() + key_size &&
           std::ranges::all_of(text.substr(token_prefix.size()), base::is_hexadecimal);
}

std::string random_api_token() {
    return std::string(api_token_prefix) + random_key();
}

std::string random_secret() {
    auto const bytes = random_bytes<32>();
    std::array<unsigned char, 45> encoded{}; // 43 letters, one `=`, and a zero
    EVP_EncodeBlock(encoded.data(), reinterpret_cast<unsigned char const*>(bytes.data()),
                    static_cast<int>(bytes.size()));
    std::string text(encoded.begin(), encoded.begin() + secret_size);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

bool is_secret(std::string_view text) {
    return text.size() == secret_size &&
           std::ranges::all_of(text, [](char c) { return base::is_word(c) || c == '-'; });
}

std::string random_uuid() {
    std::string bytes = random_bytes<16>();
    bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0FU) | 0x40U);
    bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3FU) | 0x80U);
    std::string text = base::to_hexadecimal(bytes);
    for (std::size_t const at : {8U, 13U, 18U, 23U}) {
        text.insert(at, 1, '-');
    }
    return text;
}

} // namespace trafikito::server::security
