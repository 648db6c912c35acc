#pragma once
// Certificates made at test time: an authority, and whatever good or bad certificate a test needs
// of it. Tests of net/ and server/ use it; no key outlives its test.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace trafikito::test {

/// What goes into a certificate. Times are relative to now.
struct certificate_wish {
    std::string common_name = "peer";
    std::vector<std::string> names; ///< DNS names and addresses (subjectAltName)
    std::chrono::hours valid_from{-24};
    std::chrono::hours valid_to{24 * 30};
};

/// A certificate and its key, both as PEM.
struct identity {
    std::string certificate;
    std::string key;
};

class certificate_authority {
public:
    explicit certificate_authority(std::string const& name = "Test Authority");
    /// An intermediate one, whose own certificate `issuer` signed.
    certificate_authority(std::string const& name, certificate_authority const& issuer);
    ~certificate_authority();
    certificate_authority(certificate_authority const&) = delete;
    certificate_authority& operator=(certificate_authority const&) = delete;

    [[nodiscard]] identity issue(certificate_wish const& wish) const;

    /// The authority's own certificate, for `ca_file`.
    [[nodiscard]] std::string certificate() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

identity self_signed(certificate_wish const& wish);

} // namespace trafikito::test
