#pragma once
// TLS as the server speaks it: 1.2 or later, with one certificate. Only the listener uses it.

#include <boost/asio/ssl/context.hpp>

#include <filesystem>

namespace trafikito::server::http {

/// Throws std::runtime_error that names the file that cannot be used and why.
boost::asio::ssl::context server_tls(std::filesystem::path const& certificate,
                                     std::filesystem::path const& key);

} // namespace trafikito::server::http
