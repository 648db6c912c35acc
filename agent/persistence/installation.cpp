#include "agent/persistence/installation.hpp"

#include "agent/persistence/digest.hpp"

#include <sys/stat.h>

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
    constexpr std::size_t kept_bytes = 8;
    return digest_of(text, kept_bytes);
}

} // namespace trafikito::agent::persistence
