#include "net/link/certificate_facts.hpp"

#include "base/plain_text.hpp"
#include "net/link/credentials.hpp"

#include <openssl/x509v3.h>

#include <chrono>
#include <ctime>
#include <utility>

namespace trafikito::net::link {

std::string name_in(X509_NAME const* name) {
    char text[256] = {};
    for (int const part : {NID_commonName, NID_organizationName, NID_organizationalUnitName}) {
        if (name != nullptr && ::X509_NAME_get_text_by_NID(name, part, text, sizeof text) > 0) {
            return base::plain_text(text, 100);
        }
    }
    return "(without a name)";
}

std::optional<base::moment> moment_of(ASN1_TIME const* time) {
    std::tm utc{};
    if (time == nullptr || ::ASN1_TIME_to_tm(time, &utc) != 1) {
        return std::nullopt;
    }
    return base::moment(std::chrono::seconds(::timegm(&utc)));
}

certificate_facts facts_of(X509* certificate) {
    auto const* const subject = ::X509_get_subject_name(certificate);
    auto const* const issuer = ::X509_get_issuer_name(certificate);
    certificate_facts facts;
    facts.name = name_in(subject);
    facts.issuer = name_in(issuer);
    facts.not_before = moment_of(::X509_get0_notBefore(certificate));
    facts.not_after = moment_of(::X509_get0_notAfter(certificate));
    facts.of_authority = ::X509_check_ca(certificate) != 0;
    facts.self_issued = ::X509_NAME_cmp(subject, issuer) == 0;
    return facts;
}

std::vector<certificate_facts> facts_of_certificates(std::string const& file) {
    std::vector<certificate_facts> all;
    for (auto const& one : read_pem_file(file).certificates) {
        all.push_back(facts_of(one.get()));
    }
    return all;
}

} // namespace trafikito::net::link
