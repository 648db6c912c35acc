#pragma once
// Whether a JSON value is what a schema says, as far as openapi.json uses JSON Schema (2020-12):
// type (one or several), properties, required, additionalProperties false, items, enum, oneOf,
// anyOf, minimum, maximum, $ref within the document. A keyword that it does not know is a fault of
// the schema; description, format and what begins with x- say nothing.

#include <boost/json/value.hpp>

#include <string>

namespace trafikito::test {

/// Where it is not, and why; empty when it is. `document` is where a $ref looks.
std::string fault_of_json(boost::json::value const& value, boost::json::value const& schema,
                          boost::json::value const& document);

} // namespace trafikito::test
