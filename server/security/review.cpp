#include "server/security/review.hpp"

#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"
#include "server/security/data_file.hpp"
#include "server/security/private_files.hpp"
#include "server/security/x509.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace trafikito::server::security {

namespace {

namespace fs = std::filesystem;

constexpr auto day = std::chrono::hours(24);
constexpr auto warned_before_end = day * 21;
constexpr auto warned_before_end_of_authority = day * 30;

/// The content; or nothing, and a fault when the file is there and cannot be read.
std::optional<std::string> text_of(fs::path const& file, std::vector<fault>& found) {
    try {
        return read_file_if_there(file);
    } catch (std::runtime_error const& failed) {
        std::string const words = failed.what();
        auto const name = file.string() + " ";
        found.push_back({file, words.starts_with(name) ? words.substr(name.size()) : words,
                         "Let the server's user read it, or put the right file there."});
        return std::nullopt;
    }
}

std::string date_of(base::wall_time when) {
    return base::local_time(when).substr(0, std::string_view("2026-11-26").size());
}

std::string named(X509 const* certificate) {
    return "the certificate of " + base::for_line(subject_of(certificate), 120);
}

/// Both ends of its time.
void review_time(X509 const* certificate, fs::path const& file, std::string const& mend,
                 base::wall_time::duration warned, base::wall_time now, std::vector<fault>& found) {
    auto const begin = begin_of(certificate);
    auto const end = end_of(certificate);
    auto const name = named(certificate);
    if (now < begin) {
        found.push_back({file,
                         name + " is not valid before " + base::local_time(begin) +
                             ", and agents refuse it until then; this clock says " +
                             base::local_time(now),
                         "Set the clock if that is wrong (timedatectl); if not, " + mend});
    } else if (end < now) {
        found.push_back(
            {file, name + " expired on " + date_of(end) + ", and agents refuse it", mend});
    } else if (end - now < warned) {
        auto const days = std::chrono::floor<std::chrono::days>(end - now).count();
        found.push_back({file,
                         name + " ends on " + date_of(end) + ", in " +
                             base::count_of(static_cast<std::size_t>(days), "day"),
                         mend, false});
    }
}

void review_key_text(fs::path const& file, std::string const& text, std::string const& mend,
                     std::vector<fault>& found) {
    if (!key_from_pem(text)) {
        found.push_back({file, "it is not an unencrypted private key in PEM form", mend});
    }
}

/// The authority of a data directory, with its key.
void review_authority(fs::path const& directory, base::wall_time now, std::vector<fault>& found) {
    auto const file = directory / "ca.pem";
    std::error_code failed;
    auto const pem = text_of(file, found);
    if (!pem) {
        return;
    }
    if (!fs::exists(directory / "ca.key", failed)) {
        found.push_back({file, "its key ca.key is missing beside it",
                         "Put ca.key back, or move ca.pem away to have a new authority made; "
                         "agents must then be given the new ca.pem."});
        return;
    }
    auto const key_text = text_of(directory / "ca.key", found);
    auto const key = key_text ? key_from_pem(*key_text) : nullptr;
    auto const certificate = certificate_from_pem(*pem);
    if (!certificate || (key && X509_check_private_key(certificate.get(), key.get()) != 1)) {
        found.push_back(
            {file, "it is not the certificate of the key in ca.key",
             "Put the right one back, or move both away to have a new authority made."});
        return;
    }
    if (X509_check_ca(certificate.get()) == 0) {
        found.push_back({file,
                         "it may not sign certificates, and agents would refuse what it signs",
                         "Put one there that may, or move it away to have a new one made of "
                         "ca.key."});
        return;
    }
    review_time(certificate.get(), file,
                "move the file away while the server runs, within a minute it makes a new one of "
                "the same key; give that one to all agents as their ca_file.",
                warned_before_end_of_authority, now, found);
}

} // namespace

std::vector<fault> review_own_certificate(fs::path const& directory, base::wall_time now) {
    std::vector<fault> found;
    for (auto const* name : {"ca.key", "server.key"}) {
        auto const file = directory / name;
        if (auto const text = text_of(file, found)) {
            review_key_text(file, *text,
                            "Put the right one back, or move the file away to have a new one made.",
                            found);
        }
    }
    review_authority(directory, now, found);
    return found;
}

std::vector<fault> review_given_certificate(fs::path const& certificate, fs::path const& key,
                                            base::wall_time now) {
    std::vector<fault> found;
    auto const pem = text_of(certificate, found);
    if (!pem && found.empty()) {
        found.push_back({certificate, "it is not there",
                         "Put the certificate there (PEM, with "
                         "its chain), or name another file."});
    }
    auto const chain = pem ? certificates_from_pem(*pem) : std::vector<certificate_ptr>();
    if (pem && chain.empty()) {
        found.push_back({certificate, "it holds no whole certificate in PEM form",
                         "Put the certificate there, then those that signed it, as PEM."});
    }
    for (auto const& one : chain) {
        review_time(one.get(), certificate, "Put a new one into the file, and its key beside it.",
                    warned_before_end, now, found);
    }
    if (!chain.empty() && !has_alternative_names(chain.front().get())) {
        found.push_back({certificate,
                         "it names this server in its CN at most, which agents do not look at",
                         "Have it issued anew with a subjectAltName."});
    }
    if (key.empty()) {
        return found;
    }
    auto const key_text = text_of(key, found);
    std::error_code failed;
    if (!key_text && fs::symlink_status(key, failed).type() == fs::file_type::not_found) {
        found.push_back({key, "it is not there",
                         "Put the key of the certificate there (PEM, "
                         "unencrypted), or name another file."});
    }
    if (key_text) {
        try {
            check_key_file(key);
        } catch (std::runtime_error const& open) {
            found.push_back({key, open.what(), {}});
        }
        review_key_text(key, *key_text, "Give the key without a passphrase, as PEM.", found);
    }
    auto const usable = key_text ? key_from_pem(*key_text) : nullptr;
    if (usable && !chain.empty()) {
        if (auto const fault = fault_of_pair(chain, usable.get()); !fault.empty()) {
            found.push_back({certificate,
                             "it cannot be used with the key " + key.string() + ": it " + fault,
                             "Give the two files that belong together."});
        }
    }
    return found;
}

} // namespace trafikito::server::security
