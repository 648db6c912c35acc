#pragma once
// A request and its response as plain values: what the API reads and writes. The listener turns
// them into HTTP; tests make them by hand. No socket, no Beast.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::server::http {

using header_fields = std::vector<std::pair<std::string, std::string>>;

struct request {
    std::string method;
    std::string target; ///< path and query, as sent
    header_fields headers;
    std::string body;
    std::string peer;    ///< for the log: `127.0.0.1:4242`
    std::string address; ///< the part of it that stands for its sender's network (admission.hpp)
};

struct response {
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    /// In the place of `body`: bytes that many answers have in common, and nobody changes. They may
    /// take minutes to arrive.
    std::shared_ptr<std::string const> shared_body;
    header_fields headers; ///< further ones
    std::string sender;    ///< who showed a right key; empty: nobody
};

/// The first header of that name (case does not matter), or an empty text.
std::string_view find_header(request const& request, std::string_view name);

/// The target up to its query, and what follows the `?`.
std::string_view path_of(request const& request);
std::string_view query_of(request const& request);

} // namespace trafikito::server::http
