#pragma once
// Names of users of this machine, for a message about one that is not there.

#include <optional>
#include <string>

namespace trafikito::agent::inspection {

/// The user whose name is nearest; nothing when none is near.
std::optional<std::string> nearest_user(std::string const& name);

/// How such a user is made: `useradd …`.
std::string making_of_user(std::string const& name);

} // namespace trafikito::agent::inspection
