#pragma once
// The document that describes /api/v1 (openapi.json, OpenAPI 3.1), as it stands in the program, and
// its endpoint. A test holds it against what is answered.

#include "server/people/router.hpp"

#include <string_view>

namespace trafikito::server::people {

/// JSON.
std::string_view openapi_text();

/// GET /api/v1/openapi.json, for anybody.
void add_openapi(router& to);

} // namespace trafikito::server::people
