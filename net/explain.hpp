#pragma once
// Error codes of Asio, Beast and OpenSSL in words. http_client builds its failures with it; private
// to net/.

#include <boost/system/error_code.hpp>

#include <string>

namespace trafikito::net {

struct explanation {
    std::string what;
    std::string hint; ///< empty when we know nothing better
};

/// Never a bare number where a sentence is possible: `the peer closed the connection`, `the peer
/// sent the TLS alert "handshake failure"`.
explanation explain(boost::system::error_code error);

} // namespace trafikito::net
