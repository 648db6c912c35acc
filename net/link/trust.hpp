#pragma once
// Where this machine keeps the certificates of the authorities that it trusts. OpenSSL looks where
// it was built to look, which for a program that has it inside is a place of the machine that built
// it; so the places of the distributions come behind that. tls uses it; private to net/.

#include <cstdint>
#include <string>
#include <vector>

namespace trafikito::net::link {

/// Who vouches for the API.
enum class trust : std::uint8_t {
    ca_file, ///< of the configuration
    system,
    nobody ///< no certificate of any authority was found
};

struct trust_places {
    std::string file;                 ///< OpenSSL's own, or what SSL_CERT_FILE says
    std::string directory;            ///< its own, or what SSL_CERT_DIR says: several, by colons
    std::vector<std::string> bundles; ///< looked at in turn where neither holds anything
};

/// As the environment says; without it the own places of OpenSSL, and the bundles of Debian, Red
/// Hat, Alpine and SUSE.
trust_places system_trust_places();

struct found_trust {
    trust in = trust::nobody;
    std::string bundle; ///< to load besides OpenSSL's own places; empty: those are enough
};

found_trust find_trust(trust_places const& places);

/// A regular file that is not empty, and may be read.
bool holds_something(std::string const& file);

/// What OpenSSL would wait for, or read without end, when it looks into the directories that
/// SSL_CERT_DIR names: `/x/4bfab552.0 is no regular file`; empty where there is nothing like that.
/// Its own directory, which the machine's package fills, is not looked through.
std::string find_unreadable_entry(trust_places const& places);

/// `/usr/lib/ssl/cert.pem, …`: where it was looked for, for a message.
std::string in_words(trust_places const& places);

} // namespace trafikito::net::link
