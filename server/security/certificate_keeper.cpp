#include "server/security/certificate_keeper.hpp"

#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"
#include "server/security/data_file.hpp"
#include "server/security/private_files.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace trafikito::server::security {

namespace {

constexpr auto day = std::chrono::hours(24);
constexpr auto warned_before_end = day * 21;
constexpr auto warned_before_end_of_authority = day * 30;

constexpr auto kept_served = "; the certificate of before is served still";

std::string date_of(base::wall_time when) {
    return base::local_time(when).substr(0, std::string_view("2026-11-26").size());
}

std::string span_in_words(base::wall_time::duration span) {
    auto const days = std::chrono::floor<std::chrono::days>(span).count();
    return days > 0 ? base::count_of(static_cast<std::size_t>(days), "day")
                    : base::in_words(std::chrono::floor<std::chrono::seconds>(span));
}

std::string read_required(std::filesystem::path const& file) {
    auto text = read_file_if_there(file);
    if (!text) {
        throw std::runtime_error(file.string() + " is not there: put it back");
    }
    return std::move(*text);
}

/// Throws std::runtime_error that names the file that is wrong.
std::vector<certificate_ptr> checked_chain(pem_pair const& texts, certificate_files const& files) {
    auto const key = key_from_pem(texts.key);
    if (!key) {
        throw std::runtime_error(
            "cannot use the key " + files.key.string() +
            ": it is not an unencrypted private key in PEM form (`openssl pkey "
            "-in FILE -out NEW` makes one of it)");
    }
    auto chain = certificates_from_pem(texts.certificate);
    if (auto const fault = fault_of_pair(chain, key.get()); !fault.empty()) {
        throw std::runtime_error("cannot use the certificate " + files.certificate.string() +
                                 " with the key " + files.key.string() + ": the file " + fault);
    }
    return chain;
}

/// While one serves, a key that is gone was taken away or is on a disk that is: another in its
/// place would be one that no agent trusts.
void require_keys(std::filesystem::path const& directory) {
    for (auto const* name : {"ca.key", "server.key"}) {
        if (auto const file = directory / name; !std::filesystem::exists(file)) {
            throw std::runtime_error(file.string() +
                                     " is gone: put it back; only a start makes a new one");
        }
    }
}

certificate_files files_of(certificate_keeper::source const& from) {
    if (auto const* const given = std::get_if<given_certificate>(&from)) {
        return {{}, given->certificate, given->key};
    }
    auto const& directory = std::get<own_certificate>(from).directory;
    return {directory / "ca.pem", directory / "server.pem", directory / "server.key"};
}

} // namespace

certificate_keeper::certificate_keeper(source from)
    : from_(std::move(from)), files_(files_of(from_)) {}

std::optional<pem_pair> certificate_keeper::look(base::wall_time now, base::log& log) {
    speaker to{now, log, std::exchange(said_, {})};
    if (now < earliest) {
        say(base::severity::error, "clock",
            "this machine's clock says " + base::local_time(now) +
                ", which is long past: set it, or agents cannot be sure of this server",
            to);
        to.now = earliest;
    }
    auto changed = renew(to) ? read_again(to) : std::nullopt;
    watch(to);
    return changed;
}

bool certificate_keeper::renew(speaker& to) {
    auto const* const own = std::get_if<own_certificate>(&from_);
    if (own == nullptr) {
        return true;
    }
    try {
        if (!chain_.empty()) {
            require_keys(own->directory);
        }
        for (auto const* name : {"ca.key", "server.key", "ca.pem", "server.pem"}) {
            secure_data_file(own->directory / name, to.log);
        }
        ensure_certificates(own->directory, own->names, to.now, to.log);
        authority_ = certificate_from_pem(read_required(files_.authority));
        return true;
    } catch (std::runtime_error const& failed) {
        if (chain_.empty()) {
            throw;
        }
        say(base::severity::error, failed.what(), failed.what() + std::string(kept_served), to);
        return false;
    }
}

std::optional<pem_pair> certificate_keeper::read_again(speaker& to) {
    try {
        pem_pair texts{read_required(files_.certificate), read_required(files_.key)};
        if (std::holds_alternative<given_certificate>(from_)) {
            check_key_file(files_.key);
        }
        if (texts == serving_) {
            return std::nullopt;
        }
        chain_ = checked_chain(texts, files_);
        serving_ = std::move(texts);
    } catch (std::runtime_error const& failed) {
        if (chain_.empty()) {
            throw;
        }
        say(base::severity::error, failed.what(), failed.what() + std::string(kept_served), to);
        return std::nullopt;
    }
    announce(to.log);
    return serving_;
}

void certificate_keeper::announce(base::log& log) const {
    log.info("serving the certificate " + files_.certificate.string() + ", which is valid until " +
             date_of(end_of(chain_.front().get())));
    if (auto const fault = fault_of_certificate(files_.certificate, serving_.certificate);
        !fault.empty()) {
        log.warning(fault);
    }
}

void certificate_keeper::watch(speaker& to) {
    auto const file = files_.certificate.string();
    if (!authority_) {
        std::string const remedy = "put a new one into the file, and its key into " +
                                   files_.key.string() +
                                   "; the server notices within a minute and goes on with them";
        for (auto const& one : chain_) {
            auto const name = one == chain_.front()
                                  ? "the certificate in " + file
                                  : "the certificate of " + base::for_line(subject_of(one.get())) +
                                        " in the chain in " + file;
            watch_one(one.get(), name, remedy, warned_before_end, to);
        }
        return;
    }
    // Ours ends before its authority only where it could not be made anew.
    if (end_of(chain_.front().get()) < end_of(authority_.get())) {
        watch_one(chain_.front().get(), "the certificate in " + file,
                  "it could not be made anew, this log says why", warned_before_end, to);
    }
    std::string const authority = "the certificate authority in " + files_.authority.string();
    std::string const remedy = "move the file away, a new one is made of the same key within a "
                               "minute; give that one to all agents as their ca_file";
    watch_one(authority_.get(), authority, remedy, warned_before_end_of_authority, to);
    // One that begins at another time is somebody's own, who may have meant it.
    if (begin_of(authority_.get()) == earliest && earliest < to.now &&
        ends_too_late(authority_.get(), authority_life, to.now)) {
        say(base::severity::warning, authority + "late",
            authority + " lasts until " + date_of(end_of(authority_.get())) +
                ", too long: the clock was ahead when it was made, or is behind now. Set it if "
                "that is wrong; if not, " +
                remedy,
            to);
    }
}

void certificate_keeper::watch_one(X509 const* certificate, std::string const& name,
                                   std::string const& remedy,
                                   base::wall_time::duration warned_before, speaker& to) {
    auto const begin = begin_of(certificate);
    auto const end = end_of(certificate);
    auto const topic = name + date_of(begin) + date_of(end);
    if (to.now < begin) {
        say(base::severity::error, topic + "early",
            name + " is not valid before " + base::local_time(begin) +
                ", and agents refuse it until then. This machine's clock says " +
                base::local_time(to.now) + ": set it if that is wrong; if not, " + remedy,
            to);
    } else if (end < to.now) {
        say(base::severity::error, topic + "over",
            name + " expired on " + date_of(end) + ", and agents refuse it: " + remedy, to);
    } else if (end - to.now < warned_before) {
        say(base::severity::warning, topic + "ends",
            name + " ends in " + span_in_words(end - to.now) + ", on " + date_of(end) + ": " +
                remedy,
            to);
    }
}

void certificate_keeper::say(base::severity level, std::string const& topic,
                             std::string const& message, speaker& to) {
    auto const pause = level == base::severity::error ? std::chrono::hours(1) : day;
    auto const known = to.before.find(topic);
    // A clock that went back by as much has told nothing: it is said once too often then.
    bool const due = known == to.before.end() || to.now - known->second >= pause ||
                     known->second - to.now >= pause;
    said_[topic] = due ? to.now : known->second;
    if (!due) {
        return;
    }
    if (level == base::severity::error) {
        to.log.error(message);
    } else {
        to.log.warning(message);
    }
}

} // namespace trafikito::server::security
