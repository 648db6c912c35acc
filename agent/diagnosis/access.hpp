#pragma once
// What keeps a user from a file (agent/inspection/access.hpp), as `why` says it. Asked with the
// eyes that are open now (agent/daemon/eyes.hpp), so the kernel answers and none of its rules are
// imitated.

#include "agent/inspection/access.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace trafikito::agent::diagnosis {

using inspection::find_obstacle;
using inspection::obstacle;

/// `/root cannot be entered (Permission denied)`
std::string in_words(obstacle const& stopped, int mode);

/// For a file that is made where there is none: then its directory must be open.
std::optional<obstacle> find_obstacle_to_writing(std::filesystem::path const& path);

} // namespace trafikito::agent::diagnosis
