#include "server/security/certificates.hpp"

#include "server/security/data_file.hpp"
#include "server/security/x509.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <unistd.h>

namespace trafikito::server::security {

namespace {

constexpr auto renewal = std::chrono::hours(24 * 30);

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// A key that is there is used, or stops the start; it is never replaced.
key_ptr ensure_key(std::filesystem::path const& file) {
    auto pem = read_file_if_there(file);
    if (!pem) {
        pem = to_pem(make_key().get());
        if (!write_file(file, *pem, 0600, when_there::keep)) {
            pem = read_file_if_there(file); // another start was faster
        }
    }
    auto key = pem ? key_from_pem(*pem) : nullptr;
    if (!key) {
        throw std::runtime_error(file.string() +
                                 " is not an unencrypted private key in PEM form: put the "
                                 "right one back, or move the file away to have a new one made");
    }
    return key;
}

struct authority {
    certificate_ptr certificate;
    key_ptr key;
};

authority ensure_authority(std::filesystem::path const& directory, base::wall_time now,
                           base::log_sink const& log) {
    auto const file = directory / "ca.pem";
    auto pem = read_file_if_there(file);
    if (pem && !std::filesystem::exists(directory / "ca.key")) {
        throw std::runtime_error(
            "ca.key is missing beside " + file.string() +
            ": put it back, or move ca.pem away to have a new authority made (agents "
            "must then be given the new ca.pem)");
    }
    auto key = ensure_key(directory / "ca.key");
    if (!pem) {
        auto const made = make_authority(key.get(), "Trafikito authority of " + host_name(), now);
        write_file(file, to_pem(made.get()), 0644, when_there::keep);
        pem = read_file_if_there(file);
    }
    auto certificate = pem ? certificate_from_pem(*pem) : nullptr;
    if (!certificate || X509_check_private_key(certificate.get(), key.get()) != 1) {
        throw std::runtime_error(file.string() +
                                 " is not the certificate of the key in ca.key: put the right "
                                 "one back, or move both away to have a new authority made");
    }
    if (expires_before(certificate.get(), now + renewal)) {
        log("the certificate authority in " + file.string() +
            " expires within 30 days: move ca.pem and ca.key away, start again, and give agents "
            "the new ca.pem");
    }
    return {std::move(certificate), std::move(key)};
}

bool is_good(X509* certificate, EVP_PKEY* key, authority const& authority,
             std::vector<std::string> const& names, base::wall_time now) {
    return certificate != nullptr && X509_check_private_key(certificate, key) == 1 &&
           X509_verify(certificate, X509_get0_pubkey(authority.certificate.get())) == 1 &&
           !expires_before(certificate, now + renewal) &&
           std::ranges::all_of(names,
                               [&](std::string const& name) { return is_for(certificate, name); });
}

} // namespace

certificate_files ensure_certificates(std::filesystem::path const& directory,
                                      std::vector<std::string> const& names, base::wall_time now,
                                      base::log_sink const& log) {
    certificate_files const files{directory / "ca.pem", directory / "server.pem",
                                  directory / "server.key"};
    auto const authority = ensure_authority(directory, now, log);
    auto const key = ensure_key(files.key);
    auto const pem = read_file_if_there(files.certificate);
    auto const found = pem ? certificate_from_pem(*pem) : nullptr;
    if (!is_good(found.get(), key.get(), authority, names, now)) {
        auto const made = make_server_certificate(key.get(), names, authority.certificate.get(),
                                                  authority.key.get(), now);
        write_file(files.certificate, to_pem(made.get()), 0644, when_there::replace);
        log((pem ? "made a new certificate: " : "made a certificate: ") +
            files.certificate.string());
    }
    return files;
}

std::string fault_of_certificate(std::filesystem::path const& file) {
    auto const pem = read_file_if_there(file);
    auto const certificate = pem ? certificate_from_pem(*pem) : nullptr;
    if (!certificate || has_alternative_names(certificate.get())) {
        return {};
    }
    return file.string() +
           " names this server in its CN at most, which agents do not look at: have "
           "it issued anew with a subjectAltName";
}

std::vector<std::string> certificate_names(std::vector<std::string> const& more) {
    std::vector<std::string> candidates{"localhost", "127.0.0.1", "::1", host_name()};
    candidates.insert(candidates.end(), more.begin(), more.end());
    std::vector<std::string> names;
    for (auto const& name : candidates) {
        bool const wildcard = name == "0.0.0.0" || name == "::";
        bool const known = std::ranges::find(names, name) != names.end();
        if (valid_certificate_name(name) && !wildcard && !known) {
            names.push_back(name);
        }
    }
    return names;
}

bool valid_certificate_name(std::string const& name) {
    auto const allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == '_';
    };
    return is_address(name) ||
           (!name.empty() && name.size() <= 253 && std::ranges::all_of(name, allowed));
}

} // namespace trafikito::server::security
