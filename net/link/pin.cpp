#include "net/link/pin.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

namespace trafikito::net::link {

namespace {

constexpr std::string_view prefix = "sha256/";
constexpr std::size_t digest_size = 32;
constexpr std::size_t encoded_size = 44; // the last character is the padding

bool is_base64_of_digest(std::string_view text) {
    return text.size() == encoded_size && text.back() == '=' &&
           std::ranges::all_of(text.substr(0, encoded_size - 1), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '+' || c == '/';
           });
}

failure unusable_pin() {
    failure why;
    why.at = step::handshake;
    why.what = "pin is no list of sha256/BASE64";
    why.hint = "a pin is sha256/ and the 44 characters of the Base64 of a SHA-256";
    return why;
}

} // namespace

result<std::vector<std::string>> parse_pins(std::string_view text) {
    std::vector<std::string> pins;
    while (!text.empty()) {
        auto const end = std::min(text.find_first_of(", \t"), text.size());
        auto one = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (one.empty()) {
            continue;
        }
        if (!one.starts_with(prefix)) {
            return unusable_pin();
        }
        one.remove_prefix(prefix.size());
        // A digest may itself begin with a slash: the length tells.
        if (one.size() == encoded_size + 1 && one.front() == '/') {
            one.remove_prefix(1);
        }
        if (!is_base64_of_digest(one)) {
            return unusable_pin();
        }
        pins.emplace_back(prefix).append(one);
    }
    return pins;
}

std::string pin_of(X509 const* certificate) {
    unsigned char* der = nullptr;
    int const size = ::i2d_X509_PUBKEY(::X509_get_X509_PUBKEY(certificate), &der);
    if (size <= 0) {
        return {};
    }
    std::array<unsigned char, digest_size> digest{};
    bool const made = ::EVP_Digest(der, static_cast<std::size_t>(size), digest.data(), nullptr,
                                   ::EVP_sha256(), nullptr) == 1;
    ::OPENSSL_free(der);
    if (!made) {
        return {};
    }
    std::array<unsigned char, encoded_size + 1> encoded{};
    ::EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
    return std::string(prefix) + reinterpret_cast<char const*>(encoded.data());
}

bool has_pin(STACK_OF(X509) const* chain, std::vector<std::string> const& pins) {
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        auto const own = pin_of(sk_X509_value(chain, i));
        if (!own.empty() && std::ranges::find(pins, own) != pins.end()) {
            return true;
        }
    }
    return false;
}

} // namespace trafikito::net::link
