#pragma once
// The trafikito.cfg that an enrolment writes. Pure text: a value that the file would give back as
// another one is refused, whoever it came from.

#include "agent/enrolment/plan.hpp"
#include "net/api/enrolment.hpp"

#include <string>

namespace trafikito::agent::enrolment {

/// Throws a refusal where the text would not be read as what it is to say.
std::string config_text(plan const& what, net::api::server_identity const& identity);

/// Throws it before anybody was asked.
void check_values(plan const& what);

} // namespace trafikito::agent::enrolment
