#pragma once
// The parts of `trafikito-server check`: each looks at one thing that serve needs, and adds what it
// finds. None changes anything.

#include "server/cli/check_findings.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/hosting.hpp"

#include <optional>
#include <string>

namespace trafikito::server::cli {

/// What is looked at.
struct checked {
    serve_options options;
    effective_limits limits;
    bool full = false;            ///< the whole database
    std::optional<int> served_by; ///< as house.hpp has it
};

/// The database of options.data: whether it opens, of which version it is, whether it is whole, and
/// what the limits would delete of it. Returns what it holds, for the last line.
std::string check_database(checked const& what, check_findings& found);

/// Who may be in the directory, and how much room its disk has.
void check_directory(checked const& what, check_findings& found);

/// Keys, certificates, the user_api_key, and what agents would be told of them.
void check_certificates(checked const& what, check_findings& found);

/// Whether the address can be had, where nobody serves.
void check_address(checked const& what, check_findings& found);

} // namespace trafikito::server::cli
