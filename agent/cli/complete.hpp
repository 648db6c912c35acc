#pragma once
// What a shell offers next: commands, options, and the names of the list's commands. Silent where
// something is wrong: nobody asked. Changes nothing, and becomes nobody.

#include "agent/cli/command_line.hpp"
#include "base/output.hpp"

#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// Returns an exit code.
int print_completion(complete_request const& what, std::vector<std::string> const& environment,
                     base::console& to);

} // namespace trafikito::agent::cli
