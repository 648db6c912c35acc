#pragma once
// Certificates and keys of files, read whole into memory before OpenSSL sees them: a FIFO, a device
// or a file without end is refused in words and never waited for. tls.cpp puts them into a context.

#include "net/link/failure.hpp"
#include "net/link/tls.hpp"

#include <boost/asio/ssl/context.hpp>

#include <openssl/x509.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::net::link {

/// The bundles of distributions have 0.3 MiB.
constexpr std::size_t max_pem_size = 8UL * 1024 * 1024;

struct x509_deleter {
    void operator()(X509* one) const { ::X509_free(one); }
    void operator()(X509_CRL* one) const { ::X509_CRL_free(one); }
};

/// What stands in a file.
struct pem_file {
    std::string problem;    ///< in words, behind the path: `is a FIFO, not a regular file`
    bool exhausted = false; ///< this process has no descriptor or memory left: no fault of the file
    std::string text;
    std::vector<std::unique_ptr<X509, x509_deleter>> certificates;
    std::vector<std::unique_ptr<X509_CRL, x509_deleter>> revoked; ///< lists of those
};

pem_file read_pem_file(std::string const& file);

/// Whom the context shall trust: those of ca_file, else the system's. Why it cannot, or nothing.
std::optional<failure> load_trust(boost::asio::ssl::context& context, tls_settings const& settings);

/// Who we are: client_cert and client_key, which must not be empty.
std::optional<failure> load_identity(boost::asio::ssl::context& context,
                                     tls_settings const& settings);

} // namespace trafikito::net::link
