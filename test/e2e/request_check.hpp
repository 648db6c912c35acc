#pragma once
// What doc/protocol.md allows a request to be, and nothing else: written a second time, for the
// tests, so that the agent and its judge cannot be wrong together. Used by strict_api; never
// includes anything of the product.

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::test {

using http_request = boost::beast::http::request<boost::beast::http::string_body>;

/// Whom a strict API knows.
struct known_agent {
    std::string server_id = "8a1d0c2e-5b7f-4a39-9d61-2f00c0ffee01";
    std::string api_key = "3f0c9b7e-key-that-must-stay-secret";
    std::string user_api_key = "user-key-that-must-stay-secret";
    std::string workspace_id = "workspace-1";
    std::uint16_t port = 0; ///< where it listens: what Host must say
    bool tls = true;
};

/// A request that was found right.
struct seen_request {
    std::string path;
    std::string query;                                       ///< as sent, without `?`
    std::vector<std::pair<std::string, std::string>> fields; ///< of the form, JSON or multipart
    std::string report;                                      ///< the bytes of the file part
    std::string nonce; ///< Trafikito-Enroll-Nonce, of a request that has it
    std::chrono::steady_clock::time_point at;

    /// The value of a field; empty when there is none.
    [[nodiscard]] std::string field(std::string_view name) const;
};

struct verdict {
    seen_request seen;
    std::string objection; ///< empty: doc/protocol.md allows it
};

verdict judge(http_request const& request, known_agent const& who);

} // namespace trafikito::test
