#pragma once
// The small JSON objects that v2 and the enrolment send, written as the shell agents write them.
// Private to net/; reading JSON is Boost.JSON's.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::net::api {

/// `{ "a": "x", "b": "y" }`, members in the order given.
std::string json_object_text(std::vector<std::pair<std::string_view, std::string>> const& members);

} // namespace trafikito::net::api
