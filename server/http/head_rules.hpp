#pragma once
// What RFC 9110 and 9112 demand of a request's head and Beast's parser lets pass. Pure: the session
// asks before it reads a body, since whoever disagrees with a proxy about where a body ends lets a
// stranger's request pass for somebody else's.

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>

#include <optional>
#include <string>

namespace trafikito::server::http {

/// The connection must end with the answer: where the next request would begin is not known.
struct head_fault {
    unsigned status; ///< 400, 417 or 501
    std::string reason;
};

/// Nothing when the request may be read and answered.
std::optional<head_fault> find_fault(boost::beast::http::request_header<> const& head);

} // namespace trafikito::server::http
