#pragma once
// What makes a report count once: its id, or v1's call token, as it stands in the table
// report_keys. Sixteen bytes of SHA-256: those of one server lie together.

#include <string>
#include <string_view>

namespace trafikito::server::store {

std::string key_of_id(std::string_view server_id, std::string_view report_id);
std::string key_of_token(std::string_view server_id, std::string_view token);

} // namespace trafikito::server::store
