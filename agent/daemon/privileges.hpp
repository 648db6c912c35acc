#pragma once
// `run_as`: becoming another user for good, when started as root.

#include <string>

namespace trafikito::agent::daemon {

/// Takes the groups, group and user of `user` (a name or a number) and makes sure that there is no
/// way back. Nothing to do when that is who we are. Returns in words why it did not work: the
/// process must end then.
std::string become(std::string const& user);

} // namespace trafikito::agent::daemon
