#pragma once
// application/x-www-form-urlencoded, as v1's order request carries it (PROTOCOL.md, v1). Pure text.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::net {

/// Everything but RFC 3986's unreserved characters becomes %XX (upper case); space becomes %20.
std::string percent_encode(std::string_view text);

/// Reads %XX and `+`. Nothing when an escape is cut short or not hexadecimal.
std::optional<std::string> percent_decode(std::string_view text);

using form_fields = std::vector<std::pair<std::string, std::string>>;

/// `a=1&b=2`, both sides percent-encoded, in the order given.
std::string format_form(form_fields const& fields);

/// The opposite; at most 64 fields. Nothing when malformed.
std::optional<form_fields> parse_form(std::string_view body);

} // namespace trafikito::net
