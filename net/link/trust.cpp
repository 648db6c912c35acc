#include "net/link/trust.hpp"

#include "base/ascii.hpp"

#include <openssl/x509.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <unistd.h>

namespace trafikito::net::link {

namespace {

bool holds_something(std::string const& file) {
    std::error_code ignored;
    return !file.empty() && std::filesystem::is_regular_file(file, ignored) &&
           std::filesystem::file_size(file, ignored) > 0 && ::access(file.c_str(), R_OK) == 0;
}

/// `4bfab552.0`, as c_rehash(1) names them: OpenSSL finds no other in a directory.
bool is_hash_name(std::string_view name) {
    constexpr std::size_t digits = 8;
    return name.size() >= digits + 2 && name[digits] == '.' && base::is_digit(name[digits + 1]) &&
           std::ranges::all_of(name.substr(0, digits),
                               [](char c) { return base::is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool holds_certificates(std::filesystem::path const& directory) {
    std::error_code failed;
    std::filesystem::directory_iterator entries(directory, failed);
    for (; !failed && entries != std::filesystem::directory_iterator(); entries.increment(failed)) {
        if (is_hash_name(entries->path().filename().native())) {
            return true;
        }
    }
    return false;
}

bool any_holds_certificates(std::string_view directories) {
    while (!directories.empty()) {
        auto const one = directories.substr(0, directories.find(':'));
        directories.remove_prefix(std::min(one.size() + 1, directories.size()));
        if (!one.empty() && holds_certificates(one)) {
            return true;
        }
    }
    return false;
}

} // namespace

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
    if (holds_something(places.file) || any_holds_certificates(places.directory)) {
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
