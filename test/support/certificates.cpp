#include "test/support/certificates.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/test/unit_test.hpp>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdint>

namespace trafikito::test {

namespace {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* thing) const {
        Free(thing);
    }
};

using key_pointer = std::unique_ptr<EVP_PKEY, freed_by<&::EVP_PKEY_free>>;
using certificate_pointer = std::unique_ptr<X509, freed_by<&::X509_free>>;
using extension_pointer = std::unique_ptr<X509_EXTENSION, freed_by<&::X509_EXTENSION_free>>;
using bio_pointer = std::unique_ptr<BIO, freed_by<&::BIO_free_all>>;

key_pointer make_key() {
    key_pointer key(::EVP_EC_gen("P-256"));
    BOOST_REQUIRE(key);
    return key;
}

std::string text_of(BIO* memory) {
    char* data = nullptr;
    auto const size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
    bio_pointer const memory(::BIO_new(::BIO_s_mem()));
    BOOST_REQUIRE(::PEM_write_bio_X509(memory.get(), certificate) == 1);
    return text_of(memory.get());
}

std::string pem_of(EVP_PKEY* key) {
    bio_pointer const memory(::BIO_new(::BIO_s_mem()));
    BOOST_REQUIRE(
        ::PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_of(memory.get());
}

void add_extension(X509* certificate, X509* issuer, int kind, std::string const& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    extension_pointer const extension(
        ::X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    BOOST_REQUIRE(extension);
    BOOST_REQUIRE(::X509_add_ext(certificate, extension.get(), -1) == 1);
}

std::string alternative_names(std::vector<std::string> const& names) {
    std::string list;
    for (auto const& name : names) {
        boost::system::error_code no_address;
        boost::asio::ip::make_address(name, no_address);
        list += std::string(list.empty() ? "" : ",") + (no_address ? "DNS:" : "IP:") + name;
    }
    return list;
}

/// Signed by `issuer` with `signer`, or by itself where there is no issuer.
certificate_pointer make_certificate(certificate_wish const& wish, EVP_PKEY* key, X509* issuer,
                                     EVP_PKEY* signer, bool authority) {
    certificate_pointer certificate(::X509_new());
    auto* const raw = certificate.get();
    ::X509_set_version(raw, X509_VERSION_3);
    std::uint32_t serial = 0;
    BOOST_REQUIRE(::RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
    ::ASN1_INTEGER_set_uint64(::X509_get_serialNumber(raw), serial);
    using seconds = std::chrono::seconds;
    ::X509_gmtime_adj(::X509_getm_notBefore(raw), seconds(wish.valid_from).count());
    ::X509_gmtime_adj(::X509_getm_notAfter(raw), seconds(wish.valid_to).count());
    ::X509_set_pubkey(raw, key);
    ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(raw), "CN", MBSTRING_UTF8,
                                 reinterpret_cast<unsigned char const*>(wish.common_name.c_str()),
                                 -1, -1, 0);
    auto* const signs = issuer != nullptr ? issuer : raw;
    ::X509_set_issuer_name(raw, ::X509_get_subject_name(signs));
    add_extension(raw, signs, NID_basic_constraints,
                  authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(raw, signs, NID_subject_key_identifier, "hash");
    if (!wish.names.empty()) {
        add_extension(raw, signs, NID_subject_alt_name, alternative_names(wish.names));
    }
    BOOST_REQUIRE(::X509_sign(raw, signer, ::EVP_sha256()) > 0);
    return certificate;
}

certificate_wish authority_of(std::string const& name) {
    certificate_wish wish;
    wish.common_name = name;
    wish.valid_from = std::chrono::hours{-24 * 365};
    return wish;
}

} // namespace

struct certificate_authority::state {
    key_pointer key;
    certificate_pointer certificate;
};

certificate_authority::certificate_authority(std::string const& name)
    : state_(std::make_unique<state>()) {
    state_->key = make_key();
    state_->certificate =
        make_certificate(authority_of(name), state_->key.get(), nullptr, state_->key.get(), true);
}

certificate_authority::certificate_authority(std::string const& name,
                                             certificate_authority const& issuer)
    : state_(std::make_unique<state>()) {
    state_->key = make_key();
    state_->certificate =
        make_certificate(authority_of(name), state_->key.get(), issuer.state_->certificate.get(),
                         issuer.state_->key.get(), true);
}

certificate_authority::~certificate_authority() = default;

identity certificate_authority::issue(certificate_wish const& wish) const {
    auto const key = make_key();
    auto const certificate =
        make_certificate(wish, key.get(), state_->certificate.get(), state_->key.get(), false);
    return {pem_of(certificate.get()), pem_of(key.get())};
}

std::string certificate_authority::certificate() const {
    return pem_of(state_->certificate.get());
}

identity self_signed(certificate_wish const& wish) {
    auto const key = make_key();
    auto const certificate = make_certificate(wish, key.get(), nullptr, key.get(), false);
    return {pem_of(certificate.get()), pem_of(key.get())};
}

} // namespace trafikito::test
