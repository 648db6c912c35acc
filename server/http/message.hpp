#pragma once
// A request and its response as plain values: what the API reads and writes. The listener turns
// them into HTTP; tests make them by hand. No socket, no Beast.

#include <boost/asio/awaitable.hpp>

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

/// A body that comes bit by bit, for as long as the client stays. All of it is called in the
/// listener's thread.
class body_stream {
public:
    body_stream() = default;
    virtual ~body_stream() = default;
    body_stream(body_stream const&) = delete;
    body_stream& operator=(body_stream const&) = delete;

    /// What comes next; empty: that was all. It may take its time, but who went is noticed only
    /// when something is sent.
    virtual boost::asio::awaitable<std::string> next() = 0;
    /// Nobody reads it any more: what next() waits for ends soon.
    virtual void close() = 0;
};

struct response {
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    /// In the place of `body`: bytes that many answers have in common, and nobody changes. They may
    /// take minutes to arrive.
    std::shared_ptr<std::string const> shared_body;
    /// In the place of both. While it says nothing its connection counts as one between two
    /// requests: it gives way where seats are short, and the listener's end ends it.
    std::shared_ptr<body_stream> stream;
    header_fields headers; ///< further ones
    std::string sender;    ///< who showed a right key; empty: nobody
};

/// The first header of that name (case does not matter), or an empty text.
std::string_view find_header(request const& request, std::string_view name);

/// The target up to its query, and what follows the `?`.
std::string_view path_of(request const& request);
std::string_view query_of(request const& request);

} // namespace trafikito::server::http
