#include "agent/persistence/installation.hpp"

#include "base/hexadecimal.hpp"

#include <openssl/sha.h>

#include <sys/stat.h>

#include <array>
#include <span>
#include <system_error>

namespace trafikito::agent::persistence {

std::string installation_id(std::filesystem::path const& var_dir) {
    std::error_code failed;
    auto const place = std::filesystem::weakly_canonical(var_dir, failed);
    auto text = (failed ? var_dir : place).string();
    struct stat status{};
    if (::stat(var_dir.c_str(), &status) == 0) {
        text += '\n' + std::to_string(status.st_dev) + '\n' + std::to_string(status.st_ino);
    }
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are bytes
    ::SHA256(reinterpret_cast<unsigned char const*>(text.data()), text.size(), digest.data());
    constexpr std::size_t kept_bytes = 8;
    return base::to_hexadecimal(std::span(digest).first<kept_bytes>());
}

} // namespace trafikito::agent::persistence
