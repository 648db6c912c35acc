#pragma once
// The two cookies of the page, as a browser sends and gets them (RFC 6265). Both are random and
// mean nothing; `__Host-` keeps other hosts and paths from setting them. Pure text.

#include "server/http/message.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace trafikito::server::people {

inline constexpr std::string_view session_cookie = "__Host-trafikito-session";
/// Of a browser in which somebody has logged in before.
inline constexpr std::string_view device_cookie = "__Host-trafikito-device";

/// Its secret, when it has the form of one; else empty. Of several of the name none counts.
std::string_view cookie_in(http::request const& from, std::string_view name);

/// The value of Set-Cookie by which a browser takes it, for so long; 0: it forgets it.
std::string set_cookie(std::string_view name, std::string_view secret, std::chrono::seconds life);

} // namespace trafikito::server::people
