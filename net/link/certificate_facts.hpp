#pragma once
// What certificates say of themselves, in values and in words. Nothing of it is proved. tls and
// credentials use it; `check` asks for those of a file.

#include "base/time_text.hpp"

#include <openssl/x509.h>

#include <optional>
#include <string>
#include <vector>

namespace trafikito::net::link {

struct certificate_facts {
    std::string name;                       ///< of its subject, one short line
    std::string issuer;                     ///< the same
    std::optional<base::moment> not_before; ///< nothing where the date cannot be read
    std::optional<base::moment> not_after;
    bool of_authority = false; ///< it may vouch for others
    bool self_issued = false;  ///< subject and issuer are the same
};

certificate_facts facts_of(X509* certificate);

/// Those of a PEM file in their order; none where it cannot be read or holds something else, which
/// load_trust() and load_identity() (credentials.hpp) say.
std::vector<certificate_facts> facts_of_certificates(std::string const& file);

/// Its common name, organization or unit, one short line; `(without a name)` when it has none.
std::string name_in(X509_NAME const* name);

std::optional<base::moment> moment_of(ASN1_TIME const* time);

} // namespace trafikito::net::link
