#include "server/security/x509.hpp"

#include "server/security/secrets.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <ctime>
#include <stdexcept>

namespace trafikito::server::security {

namespace {

using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using context_ptr = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using name_ptr = std::unique_ptr<X509_NAME, freed_by<X509_NAME_free>>;

void openssl_free(unsigned char* bytes) {
    OPENSSL_free(bytes);
}

/// Its certificates are others'.
void free_stack(STACK_OF(X509) * stack) {
    sk_X509_free(stack);
}

std::string last_reason() {
    std::array<char, 256> reason{};
    ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
    return reason.data();
}

void require(bool done, char const* what) {
    if (!done) {
        throw std::runtime_error(std::string("cannot make a ") + what + ": " + last_reason());
    }
}

void set_time(ASN1_TIME* field, base::wall_time when) {
    require(ASN1_TIME_set(field, std::chrono::system_clock::to_time_t(when)) != nullptr,
            "certificate");
}

base::wall_time time_in(ASN1_TIME const* field) {
    constexpr auto last = std::chrono::floor<std::chrono::seconds>(base::wall_time::max());
    std::tm parts{};
    if (ASN1_TIME_to_tm(field, &parts) != 1) {
        return base::wall_time::min(); // no time at all: never valid
    }
    auto const since_1970 = std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
    return std::clamp(since_1970, std::chrono::sys_seconds{}, last);
}

void set_serial(X509* certificate) {
    std::array<unsigned char, 16> bytes{};
    require(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1, "certificate");
    bytes[0] &= 0x7FU; // RFC 5280, 4.1.2.2: positive
    bytes[0] |= 0x40U;
    std::unique_ptr<BIGNUM, freed_by<BN_free>> const number(
        BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    require(number &&
                BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr,
            "certificate");
}

name_ptr common_name(std::string const& text) {
    name_ptr name(X509_NAME_new());
    auto const cut = text.substr(0, 64); // ub-common-name
    require(name && X509_NAME_add_entry_by_txt(name.get(), "CN", MBSTRING_UTF8,
                                               reinterpret_cast<unsigned char const*>(cut.data()),
                                               static_cast<int>(cut.size()), -1, 0) == 1,
            "certificate");
    return name;
}

void add_extension(X509* certificate, X509* issuer, int kind, std::string const& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    extension_ptr const extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "certificate");
}

certificate_ptr begin_certificate(EVP_PKEY* key, std::string const& name, base::wall_time to) {
    certificate_ptr made(X509_new());
    require(made != nullptr, "certificate");
    X509_set_version(made.get(), X509_VERSION_3);
    set_serial(made.get());
    set_time(X509_getm_notBefore(made.get()), earliest);
    set_time(X509_getm_notAfter(made.get()), to);
    require(X509_set_subject_name(made.get(), common_name(name).get()) == 1, "certificate");
    require(X509_set_pubkey(made.get(), key) == 1, "certificate");
    return made;
}

std::string alternative_names(std::vector<std::string> const& names) {
    std::string text;
    for (auto const& name : names) {
        text += text.empty() ? "" : ",";
        text += (is_address(name) ? "IP:" : "DNS:") + name;
    }
    return text;
}

bio_ptr memory_of(std::string_view text) {
    return bio_ptr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string content_of(BIO* memory) {
    char* bytes = nullptr;
    auto const size = BIO_get_mem_data(memory, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

// An encrypted key shall be refused, not asked for on the terminal.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) {
    return -1;
}

} // namespace

key_ptr make_key() {
    key_ptr key(EVP_EC_gen("P-256"));
    require(key != nullptr, "key");
    return key;
}

namespace {

certificate_ptr finish_authority(EVP_PKEY* key, certificate_ptr made) {
    auto* certificate = made.get();
    require(X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1,
            "certificate");
    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
    require(X509_sign(certificate, key, EVP_sha256()) > 0, "certificate");
    return made;
}

} // namespace

certificate_ptr make_authority(EVP_PKEY* key, std::string const& name, base::wall_time now) {
    return finish_authority(key,
                            begin_certificate(key, name, std::max(now, earliest) + authority_life));
}

certificate_ptr make_authority_again(EVP_PKEY* key, X509 const* signed_by_key,
                                     base::wall_time now) {
    auto made = begin_certificate(key, "replaced", std::max(now, earliest) + authority_life);
    require(X509_set_subject_name(made.get(), X509_get_issuer_name(signed_by_key)) == 1,
            "certificate");
    return finish_authority(key, std::move(made));
}

certificate_ptr make_server_certificate(EVP_PKEY* key, std::vector<std::string> const& names,
                                        X509* authority, EVP_PKEY* authority_key,
                                        base::wall_time now) {
    auto const end = std::min(std::max(now, earliest) + server_life, end_of(authority));
    auto made = begin_certificate(key, names.at(0), end);
    auto* certificate = made.get();
    require(X509_set_issuer_name(certificate, X509_get_subject_name(authority)) == 1,
            "certificate");
    add_extension(certificate, authority, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate, authority, NID_key_usage, "critical,digitalSignature");
    add_extension(certificate, authority, NID_ext_key_usage, "serverAuth");
    add_extension(certificate, authority, NID_subject_key_identifier, "hash");
    add_extension(certificate, authority, NID_authority_key_identifier, "keyid:always");
    add_extension(certificate, authority, NID_subject_alt_name, alternative_names(names));
    require(X509_sign(certificate, authority_key, EVP_sha256()) > 0, "certificate");
    return made;
}

std::string to_pem(EVP_PKEY const* key) {
    bio_ptr const memory(BIO_new(BIO_s_mem()));
    require(memory && PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr,
                                                    nullptr) == 1,
            "key");
    return content_of(memory.get());
}

std::string to_pem(X509 const* certificate) {
    bio_ptr const memory(BIO_new(BIO_s_mem()));
    require(memory && PEM_write_bio_X509(memory.get(), certificate) == 1, "certificate");
    return content_of(memory.get());
}

key_ptr key_from_pem(std::string_view pem) {
    key_ptr key(PEM_read_bio_PrivateKey(memory_of(pem).get(), nullptr, no_password, nullptr));
    ERR_clear_error();
    return key;
}

certificate_ptr certificate_from_pem(std::string_view pem) {
    certificate_ptr certificate(
        PEM_read_bio_X509(memory_of(pem).get(), nullptr, no_password, nullptr));
    ERR_clear_error();
    return certificate;
}

std::vector<certificate_ptr> certificates_from_pem(std::string_view pem) {
    std::vector<certificate_ptr> chain;
    auto const text = memory_of(pem);
    ERR_clear_error();
    while (auto* const next = PEM_read_bio_X509(text.get(), nullptr, no_password, nullptr)) {
        chain.emplace_back(next);
    }
    // The end of the text is the one failure that is none.
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
        chain.clear();
    }
    ERR_clear_error();
    return chain;
}

std::string fault_of_pair(std::vector<certificate_ptr> const& chain, EVP_PKEY* key) {
    if (chain.empty()) {
        return "holds no certificate in PEM form, or one that is cut off";
    }
    auto* const own = chain.front().get();
    if (X509_check_private_key(own, key) != 1) {
        ERR_clear_error();
        return "does not begin with the certificate of that key";
    }
    // What TLS refuses besides, such as a key that is too short.
    context_ptr const context(SSL_CTX_new(TLS_server_method()));
    bool usable = context && SSL_CTX_use_certificate(context.get(), own) == 1 &&
                  SSL_CTX_use_PrivateKey(context.get(), key) == 1;
    for (std::size_t i = 1; usable && i < chain.size(); ++i) {
        usable = SSL_CTX_add1_chain_cert(context.get(), chain[i].get()) == 1;
    }
    auto reason = usable ? std::string() : "cannot be used: " + last_reason();
    ERR_clear_error();
    return reason;
}

bool is_address(std::string const& name) {
    std::array<unsigned char, 16> ignored{};
    return ::inet_pton(AF_INET, name.c_str(), ignored.data()) == 1 ||
           ::inet_pton(AF_INET6, name.c_str(), ignored.data()) == 1;
}

bool has_alternative_names(X509 const* certificate) {
    return X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1) >= 0;
}

bool is_for(X509* certificate, std::string const& name) {
    if (is_address(name)) {
        return X509_check_ip_asc(certificate, name.c_str(), 0) == 1;
    }
    return X509_check_host(certificate, name.data(), name.size(),
                           X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
}

std::string pin_of(X509 const* certificate) {
    unsigned char* der = nullptr;
    int const size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    require(size > 0, "pin");
    std::unique_ptr<unsigned char, freed_by<openssl_free>> const key(der);
    auto const sum = sha256({reinterpret_cast<char const*>(der), static_cast<std::size_t>(size)});
    std::array<unsigned char, 45> encoded{};
    EVP_EncodeBlock(encoded.data(), sum.data(), static_cast<int>(sum.size()));
    return std::string("sha256/") + reinterpret_cast<char const*>(encoded.data());
}

std::string fingerprint_of(X509 const* certificate) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned int size = 0;
    require(X509_digest(certificate, EVP_sha256(), sum.data(), &size) == 1, "fingerprint");
    std::string text;
    for (unsigned int at = 0; at < size; ++at) {
        text += at == 0 ? "" : ":";
        text += digits[sum[at] >> 4U];
        text += digits[sum[at] & 0x0FU];
    }
    return text;
}

std::vector<std::string> names_of(X509 const* certificate) {
    std::unique_ptr<GENERAL_NAMES, freed_by<GENERAL_NAMES_free>> const all(
        static_cast<GENERAL_NAMES*>(
            X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> names;
    for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
        int kind = 0;
        auto const* const value = static_cast<ASN1_STRING const*>(
            GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all.get(), i), &kind));
        auto const* const bytes = ASN1_STRING_get0_data(value);
        auto const size = ASN1_STRING_length(value);
        if (kind == GEN_DNS) {
            names.emplace_back(reinterpret_cast<char const*>(bytes),
                               static_cast<std::size_t>(size));
        } else if (kind == GEN_IPADD && (size == 4 || size == 16)) {
            std::array<char, INET6_ADDRSTRLEN> text{};
            ::inet_ntop(size == 4 ? AF_INET : AF_INET6, bytes, text.data(), text.size());
            names.emplace_back(text.data());
        }
    }
    return names;
}

bool is_self_signed(X509* certificate) {
    return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) ==
               0 &&
           X509_verify(certificate, X509_get0_pubkey(certificate)) == 1;
}

bool is_believed_here(std::vector<certificate_ptr> const& chain, std::string const& name) {
    std::unique_ptr<X509_STORE, freed_by<X509_STORE_free>> const known(X509_STORE_new());
    std::unique_ptr<X509_STORE_CTX, freed_by<X509_STORE_CTX_free>> const verification(
        X509_STORE_CTX_new());
    std::unique_ptr<STACK_OF(X509), freed_by<free_stack>> const others(sk_X509_new_null());
    if (chain.empty() || !known || !verification || !others ||
        X509_STORE_set_default_paths(known.get()) != 1) {
        return false;
    }
    for (auto const& each : chain) {
        sk_X509_push(others.get(), each.get());
    }
    bool const begun = X509_STORE_CTX_init(verification.get(), known.get(), chain.front().get(),
                                           others.get()) == 1 &&
                       X509_STORE_CTX_set_purpose(verification.get(), X509_PURPOSE_SSL_SERVER) == 1;
    bool const believed = begun && X509_verify_cert(verification.get()) == 1;
    ERR_clear_error();
    return believed && is_for(chain.front().get(), name);
}

base::wall_time begin_of(X509 const* certificate) {
    return time_in(X509_get0_notBefore(certificate));
}

base::wall_time end_of(X509 const* certificate) {
    return time_in(X509_get0_notAfter(certificate));
}

bool ends_too_late(X509 const* certificate, base::wall_time::duration life, base::wall_time now) {
    constexpr auto slack = std::chrono::hours(24); // of a clock that was set a little
    return end_of(certificate) > std::min(now, latest) + life + slack;
}

bool is_same_authority(X509* one, X509* other) {
    return X509_check_ca(one) != 0 && X509_check_ca(other) != 0 &&
           X509_NAME_cmp(X509_get_subject_name(one), X509_get_subject_name(other)) == 0 &&
           EVP_PKEY_eq(X509_get0_pubkey(one), X509_get0_pubkey(other)) == 1;
}

std::string subject_of(X509 const* certificate) {
    bio_ptr const memory(BIO_new(BIO_s_mem()));
    require(memory && X509_NAME_print_ex(memory.get(), X509_get_subject_name(certificate), 0,
                                         XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) >= 0,
            "name");
    return content_of(memory.get());
}

} // namespace trafikito::server::security
