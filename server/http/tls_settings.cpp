#include "server/http/tls_settings.hpp"

#include <boost/asio/buffer.hpp>

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

std::string unusable_key(std::string const& which) {
    return "cannot use the key" + which +
           " (it must be unencrypted, in PEM form, and belong to the certificate)";
}

/// OpenSSL's buffers are given back between records (transport.hpp), and filled at once where a
/// record is there whole.
void spare_memory(SSL_CTX* tls) {
    SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(tls, 1);
    // A client resumes by its ticket (RFC 8446, 2.2), which the client keeps: nothing is stored for
    // the 20,480 sessions that OpenSSL would remember. One ticket does for an agent, which has one
    // connection.
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(tls, 1);
}

ssl::context without_certificate() {
    ssl::context tls(ssl::context::tls_server);
    auto* const handle = tls.native_handle();
    SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
    SSL_CTX_set_options(handle, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                    SSL_OP_CIPHER_SERVER_PREFERENCE);
    spare_memory(handle);
    boost::system::error_code failed;
    // An encrypted key shall be refused, not asked for on the terminal.
    tls.set_password_callback(
        [](std::size_t, ssl::context::password_purpose) { return std::string(); }, failed);
    require(failed, "cannot prepare TLS");
    return tls;
}

boost::asio::const_buffer bytes_of(std::string_view text) {
    return boost::asio::buffer(text.data(), text.size());
}

} // namespace

ssl::context server_tls(pem_texts const& pair) {
    auto tls = without_certificate();
    boost::system::error_code failed;
    tls.use_certificate_chain(bytes_of(pair.certificate), failed);
    require(failed, "cannot use the certificate");
    tls.use_private_key(bytes_of(pair.key), ssl::context::pem, failed);
    require(failed, unusable_key(""));
    return tls;
}

ssl::context server_tls(std::filesystem::path const& certificate,
                        std::filesystem::path const& key) {
    auto tls = without_certificate();
    boost::system::error_code failed;
    tls.use_certificate_chain_file(certificate.string(), failed);
    require(failed, "cannot use the certificate " + certificate.string());
    tls.use_private_key_file(key.string(), ssl::context::pem, failed);
    require(failed, unusable_key(" " + key.string()));
    return tls;
}

} // namespace trafikito::server::http
