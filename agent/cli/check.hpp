#pragma once
// `trafikito-agent check`: reads every file that the daemon would read and says everything that is
// wrong. Changes nothing and speaks to nobody.

#include "base/output.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// 0 when the daemon could run with it, 2 when something is an error. `to` learns of the secrets in
/// the files before anything is said of them.
int check(std::filesystem::path const& config_file, std::vector<std::string> const& environment,
          base::console& to);

} // namespace trafikito::agent::cli
