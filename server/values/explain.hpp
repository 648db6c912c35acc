#pragma once
// Why a rule finds nothing in an output, in words for the administrator who wrote it: which row or
// heading is missing, and which there are. `trafikito-server values --try` asks; what a machine
// printed is quoted harmless.

#include "server/values/rule.hpp"

#include <string>
#include <string_view>

namespace trafikito::server::values {

/// A sentence without a full stop. Of a formula nothing that is not in the rule itself.
std::string why_nothing(rule const& what, std::string_view output);

} // namespace trafikito::server::values
