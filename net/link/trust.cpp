#include "net/link/trust.hpp"

#include "base/ascii.hpp"
#include "net/link/credentials.hpp"

#include <openssl/x509.h>

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <unistd.h>

namespace trafikito::net::link {

namespace fs = std::filesystem;

namespace {

/// `4bfab552.0`, as c_rehash(1) names them: OpenSSL finds no other in a directory.
bool is_hash_name(std::string_view name) {
    constexpr std::size_t digits = 8;
    return name.size() >= digits + 2 && name[digits] == '.' && base::is_digit(name[digits + 1]) &&
           std::ranges::all_of(name.substr(0, digits),
                               [](char c) { return base::is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool holds_certificates(fs::path const& directory) {
    std::error_code failed;
    fs::directory_iterator entries(directory, failed);
    for (; !failed && entries != fs::directory_iterator(); entries.increment(failed)) {
        if (is_hash_name(entries->path().filename().native())) {
            return true;
        }
    }
    return false;
}

} // namespace

bool holds_something(std::string const& file) {
    std::error_code ignored;
    return !file.empty() && fs::is_regular_file(file, ignored) &&
           fs::file_size(file, ignored) > 0 && ::access(file.c_str(), R_OK) == 0;
}

std::string find_unreadable_entry(trust_places const& places) {
    if (places.directory == ::X509_get_default_cert_dir()) {
        return {};
    }
    for (auto const& directory : base::words_in(places.directory, ":")) {
        std::error_code failed;
        fs::directory_iterator entries(directory, failed);
        for (; !failed && entries != fs::directory_iterator(); entries.increment(failed)) {
            auto const& path = entries->path();
            struct stat facts{};
            if (!is_hash_name(path.filename().native()) || ::stat(path.c_str(), &facts) != 0) {
                continue;
            }
            if (!S_ISREG(facts.st_mode)) {
                return path.string() + " is no regular file";
            }
            if (static_cast<std::uintmax_t>(facts.st_size) > max_pem_size) {
                return path.string() + " is larger than " + std::to_string(max_pem_size) + " bytes";
            }
        }
    }
    return {};
}

trust_places system_trust_places() {
    auto const* const file = ::secure_getenv(::X509_get_default_cert_file_env());
    auto const* const directory = ::secure_getenv(::X509_get_default_cert_dir_env());
    trust_places places;
    places.file = file != nullptr ? file : ::X509_get_default_cert_file();
    places.directory = directory != nullptr ? directory : ::X509_get_default_cert_dir();
    if (file == nullptr && directory == nullptr) {
        places.bundles = {"/etc/ssl/certs/ca-certificates.crt", // Debian, Arch
                          "/etc/pki/tls/certs/ca-bundle.crt",   // Red Hat
                          "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                          "/etc/ssl/cert.pem",       // Alpine
                          "/etc/ssl/ca-bundle.pem"}; // SUSE
    }
    return places;
}

found_trust find_trust(trust_places const& places) {
    if (holds_something(places.file) ||
        std::ranges::any_of(base::words_in(places.directory, ":"), holds_certificates)) {
        return {trust::system, {}};
    }
    auto const found = std::ranges::find_if(places.bundles, holds_something);
    return found == places.bundles.end() ? found_trust{} : found_trust{trust::system, *found};
}

std::string in_words(trust_places const& places) {
    std::string text = places.file + ", " + places.directory;
    for (auto const& one : places.bundles) {
        text += ", " + one;
    }
    return text;
}

} // namespace trafikito::net::link
