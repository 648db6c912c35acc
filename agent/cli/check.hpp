#pragma once
// `trafikito-agent check`: reads every file that the daemon would read and says everything that is
// wrong. Changes nothing and speaks to nobody.

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// 0 when the daemon could run with it, 2 when something is an error.
int check(std::filesystem::path const& config_file, std::vector<std::string> const& environment,
          std::ostream& out);

} // namespace trafikito::agent::cli
