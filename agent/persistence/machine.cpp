#include "agent/persistence/machine.hpp"

#include "base/ascii.hpp"
#include "base/file.hpp"
#include "base/hexadecimal.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <span>
#include <system_error>
#include <vector>

namespace trafikito::agent::persistence {

namespace {

constexpr std::size_t max_size = 256; ///< bytes of a file that holds one id
constexpr std::size_t machine_id_digits = 32;
constexpr std::size_t kept_bytes = 16; ///< of a digest

/// The one word that such a file holds, in lower case.
std::string word_in(std::filesystem::path const& file) {
    auto const read = base::read_file(file, max_size);
    return read.content ? base::lower(base::trim_white_space(*read.content)) : std::string();
}

/// Neither empty, nor `uninitialized` (an image before its first boot), nor all zeros.
bool is_machine_id(std::string_view text) {
    return text.size() == machine_id_digits && std::ranges::all_of(text, base::is_hexadecimal) &&
           text.find_first_not_of('0') != std::string_view::npos;
}

/// HMAC-SHA256, cut: of the same key another `purpose` gives another text.
std::string derived_from(std::string_view key, std::string_view purpose) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    bool const made = ::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()),
                             reinterpret_cast<unsigned char const*>(purpose.data()), purpose.size(),
                             digest.data(), &size) != nullptr;
    return made ? base::to_hexadecimal(std::span(digest).first<kept_bytes>()) : std::string();
}

} // namespace

std::string machine_fingerprint(std::filesystem::path const& root) {
    std::error_code ignored;
    auto const own = root / "etc/machine-id";
    auto const id =
        word_in(std::filesystem::exists(own, ignored) ? own : root / "var/lib/dbus/machine-id");
    return is_machine_id(id) ? derived_from(id, "trafikito-agent machine") : std::string();
}

std::string boot_id(std::filesystem::path const& root) {
    auto id = word_in(root / "proc/sys/kernel/random/boot_id");
    return base::is_uuid(id) ? id : std::string();
}

std::string identity_of(config::settings const& settings) {
    auto addresses = settings.version == config::api_version::v1
                         ? std::vector<std::string>{settings.url_get_config}
                         : settings.api_url;
    std::ranges::sort(addresses);
    auto identity = settings.who.server_id;
    for (auto const& address : addresses) {
        identity += '\n' + address;
    }
    return identity;
}

std::string identity_fingerprint(config::settings const& settings) {
    return derived_from(identity_of(settings), "trafikito-agent identity");
}

} // namespace trafikito::agent::persistence
