#include "server/http/tls_settings.hpp"

#include <openssl/ssl.h>

#include <stdexcept>
#include <string>

namespace trafikito::server::http {

namespace ssl = boost::asio::ssl;

namespace {

void require(boost::system::error_code const& failed, std::string const& what) {
    if (failed) {
        throw std::runtime_error(what + ": " + failed.message());
    }
}

} // namespace

ssl::context server_tls(std::filesystem::path const& certificate,
                        std::filesystem::path const& key) {
    ssl::context tls(ssl::context::tls_server);
    auto* const handle = tls.native_handle();
    SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
    SSL_CTX_set_options(handle, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                    SSL_OP_CIPHER_SERVER_PREFERENCE);
    boost::system::error_code failed;
    // An encrypted key shall be refused, not asked for on the terminal.
    tls.set_password_callback(
        [](std::size_t, ssl::context::password_purpose) { return std::string(); }, failed);
    require(failed, "cannot prepare TLS");
    tls.use_certificate_chain_file(certificate.string(), failed);
    require(failed, "cannot use the certificate " + certificate.string());
    tls.use_private_key_file(key.string(), ssl::context::pem, failed);
    require(failed, "cannot use the key " + key.string() +
                        " (it must be an unencrypted PEM file that "
                        "belongs to the certificate)");
    return tls;
}

} // namespace trafikito::server::http
