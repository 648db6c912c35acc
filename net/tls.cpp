#include "net/tls.hpp"

#include "net/plain_text.hpp"

#include <boost/asio/ip/address.hpp>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>
#include <system_error>

#include <unistd.h>

namespace trafikito::net {

namespace {

namespace asio = boost::asio;

bool is_address(std::string const& host) {
    boost::system::error_code no_address;
    asio::ip::make_address(host, no_address);
    return !no_address;
}

std::string date_of(ASN1_TIME const* time) {
    std::tm utc{};
    if (time == nullptr || ::ASN1_TIME_to_tm(time, &utc) != 1) {
        return "an unreadable date";
    }
    char text[sizeof "2026-11-01"] = {};
    return std::strftime(text, sizeof text, "%Y-%m-%d", &utc) != 0 ? text : "a far date";
}

std::string today() {
    std::unique_ptr<ASN1_TIME, decltype(&::ASN1_TIME_free)> const now(
        ::ASN1_TIME_set(nullptr, std::time(nullptr)), &::ASN1_TIME_free);
    return date_of(now.get());
}

std::string name_in(X509_NAME const* name) {
    char text[256] = {};
    for (int const part : {NID_commonName, NID_organizationName, NID_organizationalUnitName}) {
        if (name != nullptr && ::X509_NAME_get_text_by_NID(name, part, text, sizeof text) > 0) {
            return plain_text(text, 100);
        }
    }
    return "(without a name)";
}

std::string text_of(GENERAL_NAME const& name) {
    int kind = 0;
    auto const* const value =
        static_cast<ASN1_STRING const*>(::GENERAL_NAME_get0_value(&name, &kind));
    auto const* const bytes = ::ASN1_STRING_get0_data(value);
    auto const size = static_cast<std::size_t>(::ASN1_STRING_length(value));
    if (kind == GEN_DNS) {
        return plain_text({reinterpret_cast<char const*>(bytes), size}, 100);
    }
    if (size == 4) {
        asio::ip::address_v4::bytes_type address{};
        std::copy_n(bytes, size, address.begin());
        return asio::ip::make_address_v4(address).to_string();
    }
    if (size == 16) {
        asio::ip::address_v6::bytes_type address{};
        std::copy_n(bytes, size, address.begin());
        return asio::ip::make_address_v6(address).to_string();
    }
    return "?";
}

/// The names and addresses for which a certificate holds, the first few.
std::string names_of(X509 const* certificate) {
    constexpr int shown = 5;
    auto* const names = static_cast<GENERAL_NAMES*>(
        ::X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    std::unique_ptr<GENERAL_NAMES, decltype(&::GENERAL_NAMES_free)> const owner(
        names, &::GENERAL_NAMES_free);
    std::string list;
    int count = 0;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        auto const& name = *sk_GENERAL_NAME_value(names, i);
        if (name.type != GEN_DNS && name.type != GEN_IPADD) {
            continue;
        }
        if (++count > shown) {
            return list + " and others";
        }
        list += (list.empty() ? "" : ", ") + text_of(name);
    }
    return list.empty() ? name_in(::X509_get_subject_name(certificate)) : list;
}

std::string unknown_issuer_hint(bool own_ca_file) {
    return own_ca_file ? "ca_file must hold the certificate of that issuer"
                       : "if it is your own, name its certificate in ca_file";
}

failure unusable_trust(std::string what, std::string hint) {
    failure why;
    why.at = step::handshake;
    why.what = std::move(what);
    why.hint = std::move(hint);
    return why;
}

} // namespace

result<asio::ssl::context> make_tls_context(std::string const& ca_file) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    auto* const native = context.native_handle();
    ::SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    ::SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    context.set_verify_mode(asio::ssl::verify_peer);
    boost::system::error_code error;
    if (ca_file.empty()) {
        context.set_default_verify_paths(error);
        if (error) {
            return unusable_trust("cannot load the system's certificates",
                                  "install the package ca-certificates");
        }
        return context;
    }
    if (::access(ca_file.c_str(), R_OK) != 0) {
        return unusable_trust(
            "cannot read ca_file " + ca_file + ": " + std::system_category().message(errno), {});
    }
    context.load_verify_file(ca_file, error);
    ::ERR_clear_error();
    if (error) {
        return unusable_trust("ca_file " + ca_file + " holds no certificate",
                              "it must hold one or more in PEM form (-----BEGIN CERTIFICATE-----)");
    }
    return context;
}

bool expect_peer(SSL* tls, std::string const& host) {
    auto* const demands = ::SSL_get0_param(tls);
    ::X509_VERIFY_PARAM_set_hostflags(demands, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (is_address(host)) {
        return ::X509_VERIFY_PARAM_set1_ip_asc(demands, host.c_str()) == 1;
    }
    return ::X509_VERIFY_PARAM_set1_host(demands, host.c_str(), host.size()) == 1 &&
           ::SSL_set_tlsext_host_name(tls, host.c_str()) == 1;
}

explanation explain_certificate(X509_STORE_CTX* verification, std::string const& host,
                                bool own_ca_file) {
    int const error = ::X509_STORE_CTX_get_error(verification);
    auto const* const certificate = ::X509_STORE_CTX_get_current_cert(verification);
    std::string const cannot = "cannot verify the certificate: ";
    if (certificate == nullptr) {
        return {cannot + ::X509_verify_cert_error_string(error), {}};
    }
    bool const of_peer = ::X509_STORE_CTX_get_error_depth(verification) == 0;
    std::string const it =
        of_peer ? "it" : "that of its issuer " + name_in(::X509_get_subject_name(certificate));
    std::string const clock = "is this machine's clock right (it says " + today() + ")?";
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return {cannot + it + " expired on " + date_of(::X509_get0_notAfter(certificate)), clock};
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return {cannot + it + " is not valid before " + date_of(::X509_get0_notBefore(certificate)),
                clock};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return {cannot + "it is for " + names_of(certificate) + ", not for " + host,
                "check the address in the configuration"};
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return {cannot + "it is self-signed, by " + name_in(::X509_get_subject_name(certificate)),
                unknown_issuer_hint(own_ca_file)};
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return {cannot + "its issuer " + name_in(::X509_get_subject_name(certificate)) +
                    " is not trusted here",
                unknown_issuer_hint(own_ca_file)};
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return {cannot + "its issuer " + name_in(::X509_get_issuer_name(certificate)) +
                    " is not known here",
                unknown_issuer_hint(own_ca_file)};
    default:
        return {cannot + ::X509_verify_cert_error_string(error), {}};
    }
}

std::string describe(SSL const* tls) {
    return std::string(::SSL_get_version(tls)) + " with " + ::SSL_get_cipher_name(tls);
}

} // namespace trafikito::net
