#pragma once
// Percent-encoding (RFC 3986, 2.1), as forms and queries carry it. Pure text.

#include <optional>
#include <string>
#include <string_view>

namespace trafikito::base {

/// Everything but RFC 3986's unreserved characters becomes %XX (upper case); space becomes %20.
std::string percent_encode(std::string_view text);

/// Reads %XX. Nothing when an escape is cut short or not hexadecimal.
std::optional<std::string> percent_decode(std::string_view text);

/// The same where `+` is a space: application/x-www-form-urlencoded.
std::optional<std::string> form_decode(std::string_view text);

} // namespace trafikito::base
