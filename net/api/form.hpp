#pragma once
// application/x-www-form-urlencoded, as v1's order request carries it (doc/protocol.md, "v1"). Pure
// text.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::net::api {

using form_fields = std::vector<std::pair<std::string, std::string>>;

/// `a=1&b=2`, both sides percent-encoded, in the order given.
std::string format_form(form_fields const& fields);

/// The opposite; at most 64 fields. Nothing when malformed.
std::optional<form_fields> parse_form(std::string_view body);

} // namespace trafikito::net::api
