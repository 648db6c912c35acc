#pragma once
// Error codes of Asio, Beast and OpenSSL in words. http_client builds its failures with it; private
// to net/.

#include "net/link/failure.hpp"
#include "net/link/progress.hpp"

#include <boost/system/error_code.hpp>

#include <string>

namespace trafikito::net::link {

struct explanation {
    std::string what;
    std::string hint; ///< empty when we know nothing better
};

/// Never a bare number where a sentence is possible: `the peer closed the connection`, `the peer
/// demands a client certificate`.
explanation explain(boost::system::error_code error);

/// Whether the connection is gone, by its other end or by the network.
bool is_hang_up(boost::system::error_code error);

/// Whether it is an alert by which a TLS peer refuses us.
bool is_tls_alert(boost::system::error_code error);

/// The failure of a request to `peer` that came to `progress` and no further.
failure failed_at(progress const& progress, std::string const& peer,
                  boost::system::error_code error);

/// A failure on the way to the proxy or of the proxy itself, as one at step::proxy of the way to
/// `peer`; others as they are.
failure on_the_way(progress const& progress, std::string const& peer, failure why);

} // namespace trafikito::net::link
