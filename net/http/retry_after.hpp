#pragma once
// When a peer that turns us away wants to be asked again (RFC 9110, 10.2.3). http_client uses it;
// how much of it is honoured retry_policy decides. Pure text.

#include <chrono>
#include <optional>
#include <string_view>

namespace trafikito::net::http {

inline constexpr std::chrono::seconds max_retry_after = std::chrono::hours{24};

/// Retry-After as a duration from now, at most `max_retry_after`; 0 when it says nothing usable.
/// `value` is a number of seconds, or a date (RFC 9110, 5.6.7: only the form that may be sent
/// today). A date is counted from `date`, the answer's own Date: neither clock needs to be right
/// then. Without that it is not usable.
std::chrono::seconds retry_after(std::string_view value, std::string_view date);

/// A date in the only form that may be sent today (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37
/// GMT`; that the day of the week fits is not looked at. Nothing for anything else.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

} // namespace trafikito::net::http
