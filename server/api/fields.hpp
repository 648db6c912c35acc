#pragma once
// Named values of a request's body, of whichever form: a form, JSON, multipart. The API's files use
// it; a missing value is an empty text.

#include "net/api/form.hpp"
#include "net/api/multipart.hpp"
#include "server/store/store.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::server::api {

std::string_view field(net::api::form_fields const& fields, std::string_view name);
std::string_view field(std::vector<net::api::part> const& parts, std::string_view name);

using json_fields = std::map<std::string, std::string, std::less<>>;

/// The members of a JSON object that are strings. Nothing when the body is no JSON object, is
/// nested deeper than 8, or is larger than 64 KiB.
std::optional<json_fields> parse_json_fields(std::string_view body);
std::string_view field(json_fields const& fields, std::string_view name);

/// `os`, `osCodename`, `osRelease`, `centosFlavor`; one that is longer than 100 bytes or not plain
/// text counts as empty.
store::os_facts facts_of(std::function<std::string_view(std::string_view name)> const& value_of);

} // namespace trafikito::server::api
