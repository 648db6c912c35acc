#pragma once
// `trafikito-agent enroll`: what the installer did (doc/protocol.md, "Enrolment"): asks the API for
// a server of its own, shows it the default commands' output, and writes the files of an
// installation.

#include "agent/cli/command_line.hpp"
#include "base/output.hpp"

#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// 0 when the files are written, 1 when the API or the disk refused, 2 when the request cannot be
/// meant (an installation is there already, a file cannot be read). Of `environment`
/// TRAFIKITO_STRICT_MODES counts.
int enroll(enroll_request const& what, std::vector<std::string> const& environment,
           base::console& to);

} // namespace trafikito::agent::cli
