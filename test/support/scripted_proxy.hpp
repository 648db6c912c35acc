#pragma once
// An HTTP proxy for tests: a scripted_peer's script that opens a tunnel to a port of 127.0.0.1,
// wherever it was asked for.

#include "test/support/scripted_peer.hpp"

#include <cstdint>
#include <string>

namespace trafikito::test {

/// Keeps the request for the tunnel in `seen`, answers `answer` and carries bytes both ways until
/// one end hangs up. `seen` must outlive the peer.
scripted_peer::script tunnel_to(std::uint16_t port, std::string& seen,
                                std::string answer = "HTTP/1.1 200 Connection established\r\n\r\n");

} // namespace trafikito::test
