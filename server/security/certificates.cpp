#include "server/security/certificates.hpp"

#include "server/security/data_file.hpp"
#include "server/security/x509.hpp"

#include <openssl/x509v3.h>

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

/// By the name that agents know, which may be of another machine: who shares a database shares the
/// authority of the first.
certificate_ptr next_authority(std::filesystem::path const& directory, EVP_PKEY* key,
                               base::wall_time now) {
    auto const pem = read_file_if_there(directory / "server.pem");
    auto const before = pem ? certificate_from_pem(*pem) : nullptr;
    return before && X509_verify(before.get(), key) == 1
               ? make_authority_again(key, before.get(), now)
               : make_authority(key, "Trafikito authority of " + host_name(), now);
}

/// Adds to `made` when it makes one.
authority ensure_authority(std::filesystem::path const& directory, base::wall_time now,
                           std::vector<std::string>& made) {
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
        auto const next = next_authority(directory, key.get(), now);
        if (write_file(file, to_pem(next.get()), 0644, when_there::keep)) {
            made.push_back("made a certificate authority, " + file.string() +
                           ": agents need it as their ca_file");
        }
        pem = read_file_if_there(file);
    }
    auto certificate = pem ? certificate_from_pem(*pem) : nullptr;
    if (!certificate || X509_check_private_key(certificate.get(), key.get()) != 1) {
        throw std::runtime_error(file.string() +
                                 " is not the certificate of the key in ca.key: put the right "
                                 "one back, or move both away to have a new authority made");
    }
    if (X509_check_ca(certificate.get()) == 0) {
        throw std::runtime_error(file.string() +
                                 " may not sign certificates (its basicConstraints or keyUsage "
                                 "say so), and agents would refuse what it signs: put one there "
                                 "that may, or move it away to have a new one made of ca.key");
    }
    return {std::move(certificate), std::move(key)};
}

/// As a client checks it: the name of the issuer as well as its signature.
bool is_issued_by(X509* certificate, X509* authority) {
    return X509_check_issued(authority, certificate) == X509_V_OK &&
           X509_verify(certificate, X509_get0_pubkey(authority)) == 1;
}

/// Why another certificate has to be made; empty while this one serves.
std::string fault_of(X509* certificate, EVP_PKEY* key, X509* authority,
                     std::vector<std::string> const& names, base::wall_time now) {
    if (certificate == nullptr) {
        return "it was no certificate in PEM form";
    }
    if (X509_check_private_key(certificate, key) != 1) {
        return "it belonged to another key";
    }
    if (!is_issued_by(certificate, authority)) {
        return "it was of another authority";
    }
    if (begin_of(certificate) > now) {
        return "it was not valid yet";
    }
    // A clock that has lost its time proves nothing.
    if (now > earliest && ends_too_late(certificate, server_life, now)) {
        return "it was made while the clock was ahead";
    }
    // One that lasts as long as its authority cannot be made any better.
    if (end_of(certificate) < std::min(now + renewal, end_of(authority))) {
        return end_of(certificate) < now ? "it had expired" : "it was to expire within 30 days";
    }
    auto const lacks = [&](std::string const& name) { return !is_for(certificate, name); };
    auto const missing = std::ranges::find_if(names, lacks);
    return missing == names.end() ? "" : "it was not for " + *missing;
}

} // namespace

ensured_certificates ensure_certificates(std::filesystem::path const& directory,
                                         std::vector<std::string> const& names,
                                         base::wall_time now) {
    ensured_certificates result{
        {directory / "ca.pem", directory / "server.pem", directory / "server.key"}, {}};
    auto const& files = result.files;
    now = std::clamp(now, earliest, latest);
    auto const authority = ensure_authority(directory, now, result.made);
    auto const key = ensure_key(files.key);
    auto const pem = read_file_if_there(files.certificate);
    auto const found = pem ? certificate_from_pem(*pem) : nullptr;
    auto const fault = fault_of(found.get(), key.get(), authority.certificate.get(), names, now);
    if (!fault.empty()) {
        auto const made = make_server_certificate(key.get(), names, authority.certificate.get(),
                                                  authority.key.get(), now);
        write_file(files.certificate, to_pem(made.get()), 0644, when_there::replace);
        result.made.push_back(pem ? "made a new certificate, " + files.certificate.string() +
                                        ", in place of the old one: " + fault
                                  : "made a certificate: " + files.certificate.string());
    }
    return result;
}

certificate_files ensure_certificates(std::filesystem::path const& directory,
                                      std::vector<std::string> const& names, base::wall_time now,
                                      base::log& log) {
    auto ensured = ensure_certificates(directory, names, now);
    for (auto const& line : ensured.made) {
        log.info(line);
    }
    return std::move(ensured.files);
}

succession succession_of(std::string_view one, std::string_view known, base::wall_time now) {
    auto const first = certificate_from_pem(one);
    auto const second = certificate_from_pem(known);
    if (!first || !second || !is_same_authority(first.get(), second.get())) {
        return succession::none;
    }
    bool const is_made_well = begin_of(first.get()) <= std::max(now, earliest) &&
                              !ends_too_late(first.get(), authority_life, now);
    bool const lasts_longer = end_of(first.get()) > end_of(second.get()) ||
                              ends_too_late(second.get(), authority_life, now);
    return is_made_well && lasts_longer ? succession::successor : succession::same;
}

std::string fault_of_certificate(std::filesystem::path const& file) {
    auto const pem = read_file_if_there(file);
    return pem ? fault_of_certificate(file, *pem) : "";
}

std::string fault_of_certificate(std::filesystem::path const& file, std::string_view pem) {
    auto const certificate = certificate_from_pem(pem);
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
