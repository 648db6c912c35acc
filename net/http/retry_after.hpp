#pragma once
// When a peer that turns us away wants to be asked again (RFC 9110, 10.2.3). http_client uses it;
// how much of it is honoured retry_policy decides. Pure text.

#include <chrono>
#include <string_view>

namespace trafikito::net::http {

inline constexpr std::chrono::seconds max_retry_after = std::chrono::hours{24};

/// Retry-After as a duration from now, at most `max_retry_after`; 0 when it says nothing usable.
/// `value` is a number of seconds, or a date (RFC 9110, 5.6.7: only the form that may be sent
/// today). A date is counted from `date`, the answer's own Date: neither clock needs to be right
/// then. Without that it is not usable.
std::chrono::seconds retry_after(std::string_view value, std::string_view date);

} // namespace trafikito::net::http
