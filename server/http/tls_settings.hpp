#pragma once
// TLS as the server speaks it: 1.2 or later, with one certificate, and as little memory for each
// connection as OpenSSL lets it have. Only the listener uses it.

#include <boost/asio/ssl/context.hpp>

#include <filesystem>
#include <string_view>

namespace trafikito::server::http {

/// As PEM: a certificate with its chain, the server's own first, and its key, unencrypted.
struct pem_texts {
    std::string_view certificate;
    std::string_view key;
};

/// Throws std::runtime_error that says which of the two cannot be used and why.
boost::asio::ssl::context server_tls(pem_texts const& pair);

/// The same from files, which it names.
boost::asio::ssl::context server_tls(std::filesystem::path const& certificate,
                                     std::filesystem::path const& key);

} // namespace trafikito::server::http
