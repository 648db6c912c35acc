#pragma once
// Names of users of this machine, for a message about one that is not there.

#include <optional>
#include <string>

namespace trafikito::agent::inspection {

/// `Did you mean nobody?`, or how one is made.
std::string hint_for_unknown_user(std::string const& name);

} // namespace trafikito::agent::inspection
