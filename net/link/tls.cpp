#include "net/link/tls.hpp"

#include "base/plain_text.hpp"
#include "base/time_text.hpp"
#include "net/link/certificate_facts.hpp"
#include "net/link/credentials.hpp"
#include "net/link/openssl_words.hpp"
#include "net/link/pin.hpp"

#include <boost/asio/ip/address.hpp>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <optional>

namespace trafikito::net::link {

namespace {

namespace asio = boost::asio;

bool is_address(std::string const& host) {
    boost::system::error_code no_address;
    asio::ip::make_address(host, no_address);
    return !no_address;
}

std::string date_of(ASN1_TIME const* time) {
    auto const moment = moment_of(time);
    return moment ? base::local_time(*moment) : "an unreadable date";
}

std::string today() {
    std::unique_ptr<ASN1_TIME, decltype(&::ASN1_TIME_free)> const now(
        ::ASN1_TIME_set(nullptr, std::time(nullptr)), &::ASN1_TIME_free);
    return date_of(now.get());
}

std::string text_of(GENERAL_NAME const& name) {
    int kind = 0;
    auto const* const value =
        static_cast<ASN1_STRING const*>(::GENERAL_NAME_get0_value(&name, &kind));
    auto const* const bytes = ::ASN1_STRING_get0_data(value);
    auto const size = static_cast<std::size_t>(::ASN1_STRING_length(value));
    if (kind == GEN_DNS) {
        auto const text = base::plain_text({reinterpret_cast<char const*>(bytes), size}, 100);
        return is_address(text) ? "the DNS name " + text : text; // which is no address
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

/// The names and addresses for which a certificate holds, the first few; empty when it has none:
/// the common name is none.
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
    return list;
}

/// Of a certificate that is not for `host`.
explanation explain_other_name(X509 const* certificate, std::string const& host) {
    auto const names = names_of(certificate);
    if (!names.empty()) {
        return {"it is for " + names + ", not for " + host,
                "check the address in the configuration"};
    }
    return {"it names the server only in its CN (" + name_in(::X509_get_subject_name(certificate)) +
                "), which does not count; it needs a subjectAltName",
            "its operator must have it issued anew with subjectAltName = " +
                std::string(is_address(host) ? "IP:" : "DNS:") + host};
}

/// The peer sent no certificate but its own, so that whoever signed it must be known here.
bool came_alone(X509_STORE_CTX* verification) {
    return ::X509_STORE_CTX_get_error_depth(verification) == 0 &&
           sk_X509_num(::X509_STORE_CTX_get0_untrusted(verification)) <= 1;
}

std::string nobody_known_hint() {
    return "no certificates of authorities were found on this machine (looked for: " +
           in_words(system_trust_places()) +
           "): install the package ca-certificates, or name the one for this API in ca_file";
}

std::string missing_issuer_hint(trust in) {
    if (in == trust::nobody) {
        return nobody_known_hint();
    }
    return "the server should send the certificate of that issuer along: its operator must install "
           "the full chain; " +
           std::string(in == trust::ca_file
                           ? "until then ca_file must hold the certificate of that issuer"
                           : "if the issuer is your own, name its certificate in ca_file");
}

std::string unknown_issuer_hint(trust in) {
    if (in == trust::nobody) {
        return nobody_known_hint();
    }
    return in == trust::ca_file ? "ca_file must hold the certificate of that issuer"
                                : "if it is your own, name its certificate in ca_file";
}

bool is_about_issuer(int error) {
    constexpr std::array<int, 7> all{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
                                     X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
                                     X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
                                     X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                                     X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
                                     X509_V_ERR_CERT_SIGNATURE_FAILURE,
                                     X509_V_ERR_CERT_UNTRUSTED};
    return std::ranges::find(all, error) != all.end();
}

/// One is trusted that has the name of the issuer, and not its key.
bool only_namesake_known(X509_STORE_CTX* verification, X509* certificate) {
    ::ERR_set_mark();
    auto* const found =
        ::X509_STORE_CTX_get1_certs(verification, ::X509_get_issuer_name(certificate));
    std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> const owner(
        found, [](STACK_OF(X509) * all) { sk_X509_pop_free(all, ::X509_free); });
    bool fits = false;
    for (int i = 0; i < sk_X509_num(found); ++i) {
        auto* const key = ::X509_get0_pubkey(sk_X509_value(found, i));
        fits = fits || (key != nullptr && ::X509_verify(certificate, key) == 1);
    }
    ::ERR_pop_to_mark();
    return sk_X509_num(found) > 0 && !fits;
}

explanation explain_namesake(X509 const* certificate, trust in) {
    auto const name = name_in(::X509_get_issuer_name(certificate));
    return {"the authority " + name +
                " that is trusted here has another key than the one of that name that signed it",
            std::string("the server's authority was made anew, or this is another server: ") +
                (in == trust::ca_file
                     ? "ask its operator, and copy its certificate (ca.pem of a trafikito-server) "
                       "over the file of ca_file, or enrol this machine again"
                     : "ask its operator for the certificate of its authority, and name it in "
                       "ca_file")};
}

} // namespace

result<asio::ssl::context> make_tls_context(tls_settings const& settings) {
    postpone_openssl_words_of_tls();
    asio::ssl::context context(asio::ssl::context::tls_client);
    auto* const native = context.native_handle();
    ::SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    ::SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    ::SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);
    context.set_verify_mode(asio::ssl::verify_peer);
    auto problem = load_trust(context, settings);
    if (!problem && !settings.client_cert.empty()) {
        problem = load_identity(context, settings);
    }
    ::ERR_clear_error();
    if (problem) {
        return std::move(*problem);
    }
    return context;
}

trust trust_of(tls_settings const& settings) {
    return settings.ca_file.empty() ? find_trust(settings.system).in : trust::ca_file;
}

bool expect_peer(SSL* tls, std::string const& host) {
    auto* const demands = ::SSL_get0_param(tls);
    // A name stands in subjectAltName alone (RFC 9525, 2); OpenSSL would look into the CN as well.
    ::X509_VERIFY_PARAM_set_hostflags(demands, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                                   X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (is_address(host)) {
        return ::X509_VERIFY_PARAM_set1_ip_asc(demands, host.c_str()) == 1;
    }
    // The dot of the root is for the resolver: neither SNI (RFC 6066, 3) nor certificates have it.
    auto const name = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
    return ::X509_VERIFY_PARAM_set1_host(demands, name.c_str(), name.size()) == 1 &&
           ::SSL_set_tlsext_host_name(tls, name.c_str()) == 1;
}

explanation explain_certificate(X509_STORE_CTX* verification, std::string const& host, trust in) {
    int const error = ::X509_STORE_CTX_get_error(verification);
    auto const* const certificate = ::X509_STORE_CTX_get_current_cert(verification);
    std::string const cannot = "cannot verify the certificate: ";
    if (certificate == nullptr) {
        return {cannot + ::X509_verify_cert_error_string(error), {}};
    }
    bool const of_peer = ::X509_STORE_CTX_get_error_depth(verification) == 0;
    std::string const it =
        of_peer ? "it" : "that of its issuer " + name_in(::X509_get_subject_name(certificate));
    if (is_about_issuer(error) &&
        only_namesake_known(verification, ::X509_STORE_CTX_get_current_cert(verification))) {
        auto other = explain_namesake(certificate, in);
        return {cannot + other.what, other.hint};
    }
    std::string const clock = "is this machine's clock right (it says " + today() + ")?";
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return {cannot + it + " expired on " + date_of(::X509_get0_notAfter(certificate)), clock};
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return {cannot + it + " is not valid before " + date_of(::X509_get0_notBefore(certificate)),
                clock};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: {
        auto other = explain_other_name(certificate, host);
        return {cannot + other.what, other.hint};
    }
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return {cannot + "it is self-signed, by " + name_in(::X509_get_subject_name(certificate)),
                unknown_issuer_hint(in)};
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return {cannot + "its issuer " + name_in(::X509_get_subject_name(certificate)) +
                    " is not trusted here",
                unknown_issuer_hint(in)};
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return {cannot + "its issuer " + name_in(::X509_get_issuer_name(certificate)) +
                    " is not known here" +
                    (came_alone(verification) ? ", and the server sent no certificate but its own"
                                              : ""),
                came_alone(verification) ? missing_issuer_hint(in) : unknown_issuer_hint(in)};
    default:
        return {cannot + (of_peer ? std::string() : it + ": ") +
                    ::X509_verify_cert_error_string(error),
                "its operator must have it issued anew; `openssl s_client -connect " + host +
                    ":PORT -showcerts` shows it"};
    }
}

std::string describe_certificate(X509 const* certificate) {
    constexpr std::size_t day = 10; // of RFC 3339
    auto const names = names_of(certificate);
    return name_in(::X509_get_subject_name(certificate)) + ", issued by " +
           name_in(::X509_get_issuer_name(certificate)) + ", valid from " +
           date_of(::X509_get0_notBefore(certificate)).substr(0, day) + " to " +
           date_of(::X509_get0_notAfter(certificate)).substr(0, day) +
           (names.empty() ? "" : ", for " + names);
}

explanation explain_pin(X509_STORE_CTX* verification) {
    auto const* const certificate = ::X509_STORE_CTX_get0_cert(verification);
    return {
        "cannot verify the certificate: no key of its chain is one that pin names; its own is " +
            pin_of(certificate),
        "did the API change its key? Ask its operator before you change pin"};
}

std::string describe(SSL* tls) {
    return std::string(::SSL_get_version(tls)) + " with " + ::SSL_get_cipher_name(tls) +
           (::SSL_session_reused(tls) == 1 ? ", resumed session" : ", new session");
}

} // namespace trafikito::net::link
