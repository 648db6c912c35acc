#include "agent/persistence/digest.hpp"

#include "base/hexadecimal.hpp"

#include <openssl/sha.h>

#include <array>
#include <span>

namespace trafikito::agent::persistence {

std::string digest_of(std::string_view text, std::size_t bytes) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are bytes
    ::SHA256(reinterpret_cast<unsigned char const*>(text.data()), text.size(), digest.data());
    return base::to_hexadecimal(std::span(digest).first(bytes));
}

} // namespace trafikito::agent::persistence
