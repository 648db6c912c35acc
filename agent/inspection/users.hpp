#pragma once
// Names of users of this machine, for a message about one that is not there.

#include <optional>
#include <string>

namespace trafikito::agent::inspection {

/// `Did you mean nobody? Write run_as = nobody.`, with what stands in front of the name where it is
/// written; or how such a user is made.
std::string hint_for_unknown_user(std::string const& name, std::string const& in_front);

} // namespace trafikito::agent::inspection
