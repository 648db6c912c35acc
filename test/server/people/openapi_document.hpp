#pragma once
// openapi.json, as what is answered is held against it.

#include "server/http/message.hpp"

#include <boost/json/value.hpp>

#include <set>
#include <string>
#include <string_view>

namespace trafikito::test {

boost::json::value const& openapi_document();

/// All that it says: `GET /api/v1/machines/{} 200`.
std::set<std::string> documented();
/// The same of one answer; its path as it is when the document has none such.
std::string as_documented(std::string_view method, std::string_view target, unsigned status);

/// What of an answer is not as the document says; empty: nothing. What it does not describe under
/// /api/ must be an error of ours; what it does not describe elsewhere is none of its concern.
std::string fault_by_document(std::string_view method, std::string_view target,
                              server::http::response const& answer);

} // namespace trafikito::test
