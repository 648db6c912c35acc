#pragma once
// The certificate that the server shows, for as long as it runs: read again when its files change,
// made anew in time when it is ours, and watched at both ends of its validity. serve looks at
// start, at SIGHUP and once a minute, from a thread that may wait for a disk. It opens no
// connection, and it never replaces a key, nor makes one while it serves already.

#include "base/log.hpp"
#include "base/wall_clock.hpp"
#include "server/security/certificates.hpp"
#include "server/security/x509.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace trafikito::server::security {

/// Signed by the authority of a data directory, and made there; see ensure_certificates().
struct own_certificate {
    std::filesystem::path directory;
    std::vector<std::string> names; ///< DNS names and IP addresses
};

/// Somebody's own, which is only read.
struct given_certificate {
    std::filesystem::path certificate; ///< PEM, the server's first, then those that signed it
    std::filesystem::path key;         ///< PEM, unencrypted
};

/// A certificate (with its chain) and its key as PEM, read at one moment; they belong together.
struct pem_pair {
    std::string certificate;
    std::string key;

    friend bool operator==(pem_pair const&, pem_pair const&) = default;
};

class certificate_keeper {
public:
    using source = std::variant<own_certificate, given_certificate>;

    explicit certificate_keeper(source from);

    /// What to serve from now on: the first time always, later only when it is another. Makes ours
    /// anew from 30 days before it ends. Whoever may read or write a key is looked at each time, as
    /// at start (private_files.hpp). What is broken, half written or gone is named in the log, and
    /// the pair of before stays; while there is none yet, std::runtime_error says the same.
    ///
    /// Says in the log, too, what ends: a warning a day from 21 days on (30 for our authority,
    /// whose successor agents must be given), an error an hour once it has expired or while it is
    /// not valid yet. That goes for every certificate of the chain. A clock that says less than
    /// `earliest` is named, and not believed.
    ///
    /// Not from two threads at once.
    std::optional<pem_pair> look(base::wall_time now, base::log& log);

    /// Where they are; the authority's path is empty when the certificate is somebody's own.
    [[nodiscard]] certificate_files const& files() const { return files_; }

private:
    /// Paces what would be said at every look. Both live for one call of look().
    struct speaker {
        base::wall_time now;
        base::log& log;
        std::map<std::string, base::wall_time> before; ///< when a topic was said last
    };

    bool renew(speaker& to); ///< whether ours is in order
    std::optional<pem_pair> read_again(speaker& to);
    void announce(base::log& log) const;
    void watch(speaker& to);
    void watch_one(X509 const* certificate, std::string const& name, std::string const& remedy,
                   base::wall_time::duration warned_before, speaker& to);
    void say(base::severity level, std::string const& topic, std::string const& message,
             speaker& to);

    source from_;
    certificate_files files_;
    pem_pair serving_;
    std::vector<certificate_ptr> chain_; ///< of what is served
    certificate_ptr authority_;          ///< ours
    std::map<std::string, base::wall_time> said_;
};

} // namespace trafikito::server::security
