#pragma once
// Our own rules, for the commands with which an installation begins (doc/protocol.md, "Enrolment"),
// in all forms that their programs print; written as values.conf is (rules_text.hpp).

#include <string_view>

namespace trafikito::server::values {

/// Of several commands that give a value of the same name, that of the first counts.
extern std::string_view const default_rules;

} // namespace trafikito::server::values
