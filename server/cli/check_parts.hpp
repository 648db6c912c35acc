#pragma once
// The parts of `trafikito-server check`: each looks at one thing that serve needs, and adds what it
// finds. None changes anything.

#include "server/cli/check_findings.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/hosting.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace trafikito::server::cli {

/// What is looked at.
struct checked {
    serve_options options;
    effective_limits limits;
    std::optional<std::string> database;     ///< a PostgreSQL, in place of a file in options.data
    bool full = false;                       ///< the whole database
    std::optional<int> served_by;            ///< as house.hpp has it
    uid_t user = 0;                          ///< as whom the server runs, or will
    std::vector<std::filesystem::path> lost; ///< as house.hpp has it
    bool shares_identity = false;            ///< keys and authority stand in the database
    std::size_t machines = 0; ///< that are enrolled, as far as the database could be read
};

/// All of them, with the options that a server of that directory has, or would have: what is found
/// comes out the worst first. Returns the line that sums up. Throws std::runtime_error where this
/// user may not look at all.
std::string check_all(check_options const& given, std::filesystem::path const& data,
                      check_findings& found);

/// With what options a server of that directory serves, or its unit would; nothing: nobody says.
std::optional<serve_options> options_of_server(std::filesystem::path const& data,
                                               std::optional<int> served_by);

/// Whether the process that serves turns, answers, and has the database that lies there.
void check_process(checked& what, check_findings& found);

/// The database: whether it opens, of which version it is, whether it is whole, and
/// what the limits would delete of it. Returns what it holds, for the last line, and counts
/// machines.
std::string check_database(checked& what, check_findings& found);

/// Who may be in the directory, and how much room its disk has.
void check_directory(checked const& what, check_findings& found);

/// The file of rules, values.conf.
void check_rules(checked const& what, check_findings& found);

/// Keys and certificates that the directory has of its own, and the user_api_key.
void check_own_keys(checked const& what, check_findings& found);

/// Somebody's own certificates, which lie elsewhere.
void check_given_certificates(checked const& what, check_findings& found);

/// What agents would have against the address that they are told, and what they would download.
void check_offer(checked const& what, check_findings& found);

/// Whether the address can be had, where nobody serves.
void check_address(checked const& what, check_findings& found);

} // namespace trafikito::server::cli
